/** Keeps a board to one protocol a column. It appears where a column has several, or while a choice is made. */
import Link from "next/link";
import { graphql } from "../../../generated";
import { type Query, withQuery } from "../../lib/address";
import { ask } from "../../lib/api";
import { chosenProtocols } from "../../lib/board-filter";
import { shortHash } from "../../lib/format";
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

const style =
  "ml-1 inline-block rounded border border-line px-1.5 py-0.5 hover:underline aria-[current]:bg-raised aria-[current]:font-medium";

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
    <nav aria-label="Protocols" className="text-sm">
      <span className="text-muted">Protocol </span>
      <Link
        scroll={false}
        prefetch={false}
        aria-current={chosen.length === 0 ? "true" : undefined}
        href={withQuery(query, { protocol: undefined, after: undefined })}
        className={style}
      >
        All
      </Link>
      {titles.map((one) => (
        <Link
          key={one.fingerprint}
          scroll={false}
          prefetch={false}
          aria-current={chosen.length > 0 ? "true" : undefined}
          href={withQuery(query, {
            protocol: (choices.get(one.fingerprint) ?? chosen).join(","),
            after: undefined,
          })}
          title={one.fingerprint}
          className={style}
        >
          {one.title} <span className="font-mono text-xs text-muted">{shortHash(one.fingerprint)}</span>
        </Link>
      ))}
      {usual && others.length === 1 && others[0] && (
        <Link className="link ml-2 inline-block" href={diffAddress(usual, others[0])} prefetch={false}>
          What differs
        </Link>
      )}
    </nav>
  );
}
