import Link from "next/link";
import type { ReactNode } from "react";

const views = [
  { key: "pair", href: "/correlation", title: "Two measures" },
  { key: "matrix", href: "/correlation/matrix", title: "All pairs" },
  { key: "predictors", href: "/correlation/predictors", title: "Best predictors" },
] as const;

/** The heading that the three views of correlations share. */
export function CorrelationHead({
  current,
  children,
}: {
  current: (typeof views)[number]["key"];
  children: ReactNode;
}) {
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 className="text-2xl font-semibold tracking-tight">What predicts what?</h1>
        <nav aria-label="Correlations" className="flex flex-wrap gap-1 max-sm:[&>a]:px-2.5">
          {views.map(({ key, href, title }) => (
            <Link
              key={key}
              href={href}
              prefetch={false}
              aria-current={key === current ? "page" : undefined}
              className="button"
            >
              {title}
            </Link>
          ))}
        </nav>
      </div>
      <p className="mt-1 mb-4 max-w-4xl text-sm text-muted sm:text-base">{children}</p>
    </>
  );
}
