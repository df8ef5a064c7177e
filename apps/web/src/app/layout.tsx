import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { headers } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Cards } from "../components/cards";
import { SiteHeader } from "../components/site-header";
import { readSession } from "../lib/session";
import { publicApiUrl, siteOrigin } from "../lib/site";
import { themeScript } from "../lib/theme";
import "./globals.css";

const inter = localFont({
  src: "../../../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  variable: "--font-inter",
  weight: "100 900",
  display: "swap",
  adjustFontFallback: "Arial",
});

const description =
  "The public record of how well pretrained vision models transfer: every value with its source, every rank with its uncertainty.";

export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(await siteOrigin()),
    title: { default: "transferboard: how well do vision models transfer?", template: "%s · transferboard" },
    description,
    openGraph: { siteName: "transferboard", type: "website", description, images: ["/social-image"] },
    twitter: { card: "summary_large_image" },
  };
}

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function Layout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  // Who is signed in is shown on every page; where nothing can be asked, the page itself says so.
  const session = await readSession().catch(() => null);
  return (
    <html lang="en" className={inter.variable} suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, to set the theme before the first paint */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body className="flex min-h-screen flex-col font-sans antialiased">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:left-2 focus:top-2 focus:z-50 focus:bg-ground focus:p-2"
        >
          Skip to the content
        </a>
        <SiteHeader session={session} />
        <main id="main" className="mx-auto w-full max-w-[100rem] grow px-4 py-5">
          {children}
        </main>
        <footer className="border-t border-line">
          <nav
            aria-label="More pages"
            className="mx-auto flex max-w-[100rem] flex-wrap gap-x-5 gap-y-1 px-4 pt-4 text-sm"
          >
            {(
              [
                ["/evaluate", "Evaluate your model"],
                ["/compare", "Compare methods"],
                ["/runs", "Runs"],
                ["/claims", "Claims"],
                ["/explain", "Why does my value differ?"],
              ] as const
            ).map(([href, title]) => (
              <Link
                key={href}
                href={href}
                prefetch={false}
                className="text-muted hover:text-ink hover:underline"
              >
                {title}
              </Link>
            ))}
            <a href={`${publicApiUrl()}/graphql`} className="text-muted hover:text-ink hover:underline">
              GraphQL API
            </a>
          </nav>
          <p className="mx-auto max-w-[100rem] px-4 pt-2 pb-4 text-sm text-muted">
            Published values from Ericsson, Gouk and Hospedales,{" "}
            <a className="link" href="https://arxiv.org/abs/2011.13377">
              “How Well Do Self-Supervised Models Transfer?”
            </a>
            , CVPR 2021. MIT licence.
          </p>
        </footer>
        <Cards />
      </body>
    </html>
  );
}
