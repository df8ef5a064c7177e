/** Small links in a row, each of which changes one thing of the address: what a board is ranked by or keeps to. */
import Link from "next/link";
import type { ReactNode } from "react";

const look =
  "ml-1 inline-block rounded px-1.5 py-0.5 hover:underline aria-[current]:bg-raised aria-[current]:font-medium";
const boxed = `${look} border border-line aria-[current]:border-ink`;

export interface Choice {
  readonly key: string;
  readonly href: string;
  readonly on: boolean;
  readonly show: ReactNode;
}

export function Choices(props: {
  /** For a screen reader; `title` stands before the links. */
  label: string;
  title: string;
  choices: readonly Choice[];
  /** A border around each says that several may be on. */
  several?: boolean;
}) {
  return (
    <nav aria-label={props.label} className="text-sm">
      <span className="text-muted">{props.title} </span>
      {props.choices.map(({ key, href, on, show }) => (
        <Link
          key={key}
          scroll={false}
          prefetch={false}
          aria-current={on ? "true" : undefined}
          href={href}
          className={props.several ? boxed : look}
        >
          {show}
        </Link>
      ))}
    </nav>
  );
}

/** A list with one of its members put in, or taken out where it was in. */
export const toggled = (list: readonly string[], one: string): string =>
  (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]).join(",");
