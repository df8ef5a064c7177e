"use client";

/** All boards in one menu, for a phone. Without script it is a form with a button. */
import { useRouter } from "next/navigation";

export function BoardSelect(props: {
  current: string;
  boards: readonly { readonly href: string; readonly slug: string; readonly title: string }[];
}) {
  const router = useRouter();
  const current = props.boards.find(({ slug }) => slug === props.current);
  return (
    <form method="get" action="/boards" className="mb-3 flex gap-2 sm:hidden">
      <select
        name="to"
        aria-label="Board"
        defaultValue={current?.href ?? ""}
        onChange={(event) => router.push(event.target.value)}
        className="field min-w-0 grow"
      >
        {!current && <option value="">Choose a board</option>}
        {props.boards.map(({ href, slug, title }) => (
          <option key={slug} value={href}>
            {title}
          </option>
        ))}
      </select>
      <noscript>
        <button type="submit" className="button">
          Open
        </button>
      </noscript>
    </form>
  );
}
