/** The methods nearest to one by their mean rank over all measures, and how it does against each. */
import Link from "next/link";
import type { MethodFieldQuery } from "../../../generated/graphql";
import { formatNumber } from "../../lib/format";
import { FamilyDot } from "../marks";

type Edge = MethodFieldQuery["leaderboard"]["edges"][number];

/** On how many measures the one is better, and the other. */
export function score(
  own: Edge,
  other: Edge,
  columns: MethodFieldQuery["leaderboard"]["columns"],
): { wins: number; losses: number } {
  let wins = 0;
  let losses = 0;
  for (const [i, { measure }] of columns.entries()) {
    const [a, b] = [own.node.cells[i]?.value ?? null, other.node.cells[i]?.value ?? null];
    const { direction } = measure.metric;
    if (a === null || b === null || a === b || direction === "NEITHER") continue;
    if (a > b === (direction === "HIGHER")) wins += 1;
    else losses += 1;
  }
  return { wins, losses };
}

export function Rivals({ slug, field }: { slug: string; field: MethodFieldQuery }) {
  const { edges, columns } = field.leaderboard;
  const own = edges.find(({ node }) => node.method.slug === slug);
  if (!own || own.rank == null) return null;
  const place = own.rank;
  const nearest = edges
    .filter((edge) => edge !== own && edge.rank != null)
    .toSorted((a, b) => Math.abs((a.rank ?? 0) - place) - Math.abs((b.rank ?? 0) - place))
    .slice(0, 4)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  if (nearest.length === 0) return null;
  return (
    <section aria-labelledby="rivals">
      <h2 id="rivals" className="mb-2 text-lg font-semibold">
        Nearest rivals
      </h2>
      <p className="mb-2 text-sm text-muted">
        {own.node.method.name} has mean rank {formatNumber(own.node.aggregate, 1)} over {columns.length}{" "}
        measures: number {own.rank}.
      </p>
      <ul className="text-sm">
        {nearest.map((edge) => {
          const { wins, losses } = score(own, edge, columns);
          return (
            <li key={edge.node.method.slug} className="flex items-center gap-3 border-b border-line py-1.5">
              <span className="w-6 text-right text-muted tabular-nums">{edge.rank}</span>
              <FamilyDot family={edge.node.method.family} />
              <Link
                className="grow hover:underline"
                href={`/compare?methods=${slug},${edge.node.method.slug}`}
                prefetch={false}
              >
                {edge.node.method.name}
              </Link>
              <span className="tabular-nums text-muted">
                {wins} wins, {losses} losses
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
