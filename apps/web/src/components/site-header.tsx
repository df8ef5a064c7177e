import Link from "next/link";
import { ThemeToggle } from "./theme-toggle";

const pages = [
  { href: "/", name: "Boards" },
  { href: "/methods", name: "Methods" },
  { href: "/correlation", name: "Correlation" },
  { href: "/datasets", name: "Datasets" },
  { href: "/submissions", name: "Submissions" },
] as const;

export function SiteHeader() {
  return (
    <header className="border-b border-line">
      <div className="mx-auto flex max-w-[100rem] flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
        <Link href="/" className="text-lg font-semibold tracking-tight">
          transferboard
        </Link>
        <nav aria-label="Main" className="order-last w-full sm:order-none sm:w-auto">
          <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
            {pages.map(({ href, name }) => (
              <li key={href}>
                <Link href={href} className="text-muted hover:text-ink hover:underline">
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ml-auto">
          <ThemeToggle />
        </div>
      </div>
    </header>
  );
}
