"use client";

/** All boards in one menu, for a phone. Without script it is a form with a button. */
import { useRouter } from "next/navigation";
import { suiteAddress } from "../../lib/address";
import type { BoardGroup } from "./suite-groups";

export function BoardSelect(props: { current: string; groups: readonly BoardGroup[] }) {
  const router = useRouter();
  const known = props.groups.some(({ boards }) => boards.some(({ slug }) => slug === props.current));
  return (
    <form method="get" action="/boards" className="mb-3 flex gap-2 sm:hidden">
      <select
        name="to"
        aria-label="Board"
        defaultValue={known ? suiteAddress(props.current) : ""}
        onChange={(event) => router.push(event.target.value)}
        className="field min-w-0 grow"
      >
        {!known && <option value="">Choose a board</option>}
        {props.groups.map(({ title, boards }) => (
          <optgroup key={title} label={title}>
            {boards.map((board) => (
              <option key={board.slug} value={suiteAddress(board.slug)}>
                {board.title}
              </option>
            ))}
          </optgroup>
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
