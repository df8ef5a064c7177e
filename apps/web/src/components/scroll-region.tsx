import type { ReactNode } from "react";

/**
 * Wide content that scrolls inside the page; reachable by keyboard, as what scrolls must be. Positioned, so that what is
 * hidden from the eye inside it is clipped by it too. Where a column stays in view, `className` keeps room for it (scroll-pl-*):
 * what is focused must not come to lie under it.
 */
export function ScrollRegion({
  label,
  className = "",
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll
    <section tabIndex={0} aria-label={label} className={`relative overflow-x-auto ${className}`}>
      {children}
    </section>
  );
}

/** Text to read or copy as it is. */
export function Verbatim({
  label,
  children,
  className = "",
}: {
  label: string;
  children: string;
  className?: string;
}) {
  return (
    <ScrollRegion label={label} className={`rounded border border-line bg-raised p-3 ${className}`}>
      <pre className="text-xs">{children}</pre>
    </ScrollRegion>
  );
}
