/** Keeps a board to one protocol a column. It appears where a column has several, or while a choice is made. */
import Link from "next/link";
import { graphql } from "../../../generated";
import type { Query } from "../../lib/address";
import { ask } from "../../lib/api";
import { chosenProtocols } from "../../lib/board-filter";
import { shortHash } from "../../lib/format";
import { LiveLink } from "../live-link";
import { diffAddress } from "../protocol/address";

const TitleQuery = graphql(`
  query ProtocolTitle($fingerprint: String!) {
    protocol(fingerprint: $fingerprint) {
      fingerprint
      title
    }
  }
`);

/** A board with more is read column by column. */
const mostShown = 6;

interface Columns {
  readonly columns: readonly {
    readonly fingerprints: readonly string[];
    readonly measure: { readonly setting: { readonly slug: string } };
  }[];
}

/**
 * Each protocol that some column has beside others, the most frequent first, with the fingerprints that keep the
 * columns of its setting to it and leave those of other settings as they are.
 */
function choicesOf({ columns }: Columns): Map<string, string[]> {
  const choices = new Map<string, string[]>();
  for (const { fingerprints, measure } of columns) {
    if (fingerprints.length < 2) continue;
    const elsewhere = columns
      .filter((column) => column.measure.setting.slug !== measure.setting.slug)
      .flatMap((column) => column.fingerprints);
    for (const one of fingerprints) choices.set(one, [...new Set([one, ...elsewhere])]);
  }
  return choices;
}

export async function ProtocolFilter({ board, query }: { board: Columns; query: Query }) {
  const chosen = chosenProtocols(query);
  const choices = choicesOf(board);
  if (chosen.length === 0 && choices.size === 0) return null;
  const shown = (chosen.length > 0 ? chosen.slice(0, 1) : [...choices.keys()]).slice(0, mostShown);
  const titles = await Promise.all(
    shown.map(async (one) => (await ask(TitleQuery, { fingerprint: one })).protocol),
  );
  const [usual, ...others] = shown;
  return (
    <nav
      aria-label="Protocols"
      className="flex flex-wrap items-center gap-1.5 border-l border-line pl-2 text-sm"
    >
      <LiveLink
        aria-current={chosen.length === 0 ? "true" : undefined}
        set={{ protocol: "", after: "" }}
        className={`chip ${chosen.length === 0 ? "border-ink font-medium" : ""}`}
      >
        All protocols
      </LiveLink>
      {titles.map((one) => (
        <LiveLink
          key={one.fingerprint}
          aria-current={chosen.length > 0 ? "true" : undefined}
          set={{ protocol: (choices.get(one.fingerprint) ?? chosen).join(","), after: "" }}
          data-card={`${one.title}\nProtocol ${one.fingerprint}`}
          className={`chip ${chosen.length > 0 ? "border-ink font-medium" : ""}`}
        >
          {one.title} <span className="font-mono text-xs text-muted">{shortHash(one.fingerprint)}</span>
        </LiveLink>
      ))}
      {usual && others.length === 1 && others[0] && (
        <Link className="link ml-1 inline-block" href={diffAddress(usual, others[0])} prefetch={false}>
          What differs
        </Link>
      )}
    </nav>
  );
}
