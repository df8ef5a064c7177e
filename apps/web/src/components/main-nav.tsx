"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

/** Each part of the site, with the beginnings of the addresses that belong to it. */
const parts = [
  { href: "/", name: "Boards", under: ["/suites/"] },
  { href: "/methods", name: "Methods", under: ["/methods/", "/compare"] },
  { href: "/correlation", name: "Correlation", under: ["/correlation/"] },
  { href: "/datasets", name: "Datasets", under: ["/datasets/"] },
  { href: "/protocols", name: "Protocols", under: ["/protocols/", "/runs", "/evaluations/"] },
  { href: "/changes", name: "Changes", under: ["/claims"] },
  { href: "/submissions", name: "Submit results", under: ["/submissions/", "/findings"] },
  { href: "/about", name: "About", under: ["/evaluate"] },
] as const;

/** The way to every part; the one that is open is marked for the eye and for a screen reader. */
export function MainNav({ stacked = false }: { stacked?: boolean }) {
  const path = usePathname();
  const current = (part: (typeof parts)[number]) =>
    path === part.href ? "page" : part.under.some((one) => path.startsWith(one)) ? "true" : undefined;
  return (
    <nav aria-label="Main">
      <ul className={`flex text-sm ${stacked ? "flex-col" : "flex-wrap gap-x-1"}`}>
        {parts.map((part) => (
          <li key={part.href}>
            <Link
              href={part.href}
              prefetch={false}
              aria-current={current(part)}
              className="flex min-h-11 items-center px-2 text-muted hover:text-ink hover:underline aria-[current]:font-medium aria-[current]:text-ink"
            >
              {part.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
