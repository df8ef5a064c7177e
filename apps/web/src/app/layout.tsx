import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { SiteHeader } from "../components/site-header";
import { themeScript } from "../lib/theme";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "transferboard", template: "%s · transferboard" },
  description: "The public record of how well pretrained vision models transfer.",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, to set the theme before the first paint */}
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body className="flex min-h-screen flex-col font-sans antialiased">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:left-2 focus:top-2 focus:z-50 focus:bg-ground focus:p-2"
        >
          Skip to the content
        </a>
        <SiteHeader />
        <main id="main" className="mx-auto w-full max-w-[100rem] grow px-4 py-6">
          {children}
        </main>
        <footer className="border-t border-line">
          <p className="mx-auto max-w-[100rem] px-4 py-4 text-sm text-muted">
            Published values from Ericsson, Gouk and Hospedales,{" "}
            <a className="link" href="https://arxiv.org/abs/2011.13377">
              “How Well Do Self-Supervised Models Transfer?”
            </a>
            , CVPR 2021. MIT licence.
          </p>
        </footer>
      </body>
    </html>
  );
}
