"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

/** Each part of the site, with the beginnings of the addresses that belong to it. */
const parts = [
  { href: "/", name: "Boards", under: ["/suites/"] },
  { href: "/methods", name: "Methods", under: ["/methods/", "/compare"] },
  { href: "/correlation", name: "Correlation", under: ["/correlation/"] },
  { href: "/datasets", name: "Datasets", under: [] },
  { href: "/submissions", name: "Submissions", under: ["/submissions/"] },
  { href: "/about", name: "About", under: ["/protocols/"] },
] as const;

/** The way to every part; the one that is open is marked for the eye and for a screen reader. */
export function MainNav() {
  const path = usePathname();
  const current = (part: (typeof parts)[number]) =>
    path === part.href ? "page" : part.under.some((one) => path.startsWith(one)) ? "true" : undefined;
  return (
    <nav aria-label="Main" className="order-last w-full sm:order-none sm:w-auto">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {parts.map((part) => (
          <li key={part.href}>
            <Link
              href={part.href}
              prefetch={false}
              aria-current={current(part)}
              className="text-muted hover:text-ink hover:underline aria-[current]:font-medium aria-[current]:text-ink"
            >
              {part.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
