import Link from "next/link";
import type { Session } from "../lib/session";
import { MainNav } from "./main-nav";
import { ThemeToggle } from "./theme-toggle";

/** The site's name, its parts, who is signed in, and the theme. On a phone the parts are in a menu. */
export function SiteHeader({ session }: { session: Session | null }) {
  return (
    <header className="border-b border-line">
      <div className="mx-auto flex max-w-[100rem] flex-wrap items-center gap-x-4 px-4 py-1.5">
        <Link href="/" className="flex min-h-11 items-center gap-2 text-lg font-semibold tracking-tight">
          <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path d="M7 23h4V12H7zm7 0h4V7h-4zm7 0h4v-8h-4z" fill="var(--ground)" />
          </svg>
          transferboard
        </Link>
        <div className="hidden grow sm:block">
          <MainNav />
        </div>
        <div className="ml-auto flex items-center gap-2 text-sm">
          {session && (
            <Link
              href="/account"
              prefetch={false}
              className="flex min-h-11 max-w-40 items-center truncate px-2 text-muted hover:text-ink hover:underline"
            >
              {session.name}
            </Link>
          )}
          <ThemeToggle />
          <details className="menu sm:hidden">
            <summary className="button flex min-h-11 items-center">Menu</summary>
            <div className="absolute inset-x-0 z-40 mt-2 border-y border-line bg-ground px-4 py-2 shadow-lg">
              <MainNav stacked />
            </div>
          </details>
        </div>
      </div>
    </header>
  );
}
