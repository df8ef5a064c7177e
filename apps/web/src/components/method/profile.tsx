/** Where a method stands in each setting, against all others: a line a board, a dot a rank. */
import Link from "next/link";
import type { MethodPageQuery } from "../../../generated/graphql";
import { suiteAddress } from "../../lib/address";
import { aggregateDigits, aggregateNames, formatNumber } from "../../lib/format";
import { boardGroups } from "../suites/suite-groups";

type Standing = MethodPageQuery["method"]["standings"][number];

const digitsOf = ({ suite: { aggregate, rankedBy } }: Standing) =>
  aggregate === "MEAN"
    ? Math.max(...rankedBy.map(({ metric }) => metric.digits), 0)
    : aggregateDigits[aggregate];

/** Of one measure the mean is its value, which has a better name. */
const nameOf = ({ suite: { aggregate, rankedBy } }: Standing) =>
  rankedBy.length === 1 && aggregate === "MEAN"
    ? rankedBy[0]?.metric.title
    : aggregateNames[aggregate].toLowerCase();

const list = (names: readonly { title: string }[]) =>
  names.length > 3
    ? `${names
        .slice(0, 2)
        .map(({ title }) => title)
        .join(", ")} and ${names.length - 2} more`
    : names.map(({ title }) => title).join(", ");

function whyNot({ missing, incomparable, rankAmongAll }: Standing): string {
  if (incomparable.length > 0) {
    const would = rankAmongAll ? `; among all values ${rankAmongAll}` : "";
    return `not ranked: another or an unknown protocol in ${list(incomparable)}${would}`;
  }
  return missing.length > 0
    ? `not ranked: no value in ${list(missing)}`
    : "not ranked: neither higher nor lower is better";
}

/** In the order in which a reader finds the boards elsewhere. */
function inOrder(standings: readonly Standing[]): Standing[] {
  const bySlug = new Map(standings.map((standing) => [standing.suite.slug, standing]));
  return boardGroups(standings.map(({ suite }) => suite)).flatMap(({ boards }) =>
    boards.flatMap(({ slug }) => bySlug.get(slug) ?? []),
  );
}

const at = (rank: number, of: number) => `${of < 2 ? 50 : ((rank - 1) / (of - 1)) * 100}%`;

const ranksUpTo = (most: number) => Array.from({ length: most }, (_, i) => i + 1);

export function Profile({ standings, colour }: { standings: readonly Standing[]; colour: string }) {
  return (
    <ul aria-label="Rank on every board" className="text-sm">
      {inOrder(standings).map((standing) => {
        const { suite, rank, of, aggregate } = standing;
        return (
          <li
            key={suite.slug}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-b border-line py-1.5 sm:grid-cols-[minmax(0,16rem)_1fr_4.5rem_11rem]"
          >
            <Link className="truncate hover:underline" href={suiteAddress(suite.slug)} prefetch={false}>
              {suite.title.replace(/ images a class$/, " a class")}
            </Link>
            {rank ? (
              <span
                aria-hidden="true"
                className="relative col-span-2 row-start-2 mx-2 h-5 sm:col-span-1 sm:row-start-auto"
              >
                {ranksUpTo(Math.min(of, 100)).map((place) => (
                  <span
                    key={place}
                    className="absolute top-1/2 size-1.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-line"
                    style={{ left: at(place, Math.min(of, 100)) }}
                  />
                ))}
                <span
                  className="absolute top-1/2 size-3.5 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-ground"
                  style={{ left: at(rank, of), backgroundColor: colour }}
                />
              </span>
            ) : (
              <span className="col-span-2 text-muted sm:col-span-3">{whyNot(standing)}</span>
            )}
            {rank && (
              <>
                <span className="text-right tabular-nums">
                  <strong className="font-semibold">{rank}</strong>{" "}
                  <span className="text-muted">of {of}</span>
                </span>
                <span className="hidden text-right tabular-nums sm:inline">
                  {formatNumber(aggregate, digitsOf(standing))}{" "}
                  <span className="text-muted">{nameOf(standing)}</span>
                </span>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
