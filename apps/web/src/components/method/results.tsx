import Link from "next/link";
import type { MethodFieldQuery, MethodPageQuery } from "../../../generated/graphql";
import { suiteAddress } from "../../lib/address";
import { formatInterval, formatNumber, provenanceMarks, provenanceNames, shortHash } from "../../lib/format";
import { DirectionMark } from "../marks";

type Result = MethodPageQuery["method"]["results"]["nodes"][number];

/** In the ledger's order, which is the paper's for what it published. */
function bySetting(results: readonly Result[]): [string, Result[]][] {
  return [...Map.groupBy(results.toReversed(), ({ measure }) => measure.setting.title)];
}

const originKey = ({ provenance, source, run, protocol }: Result) =>
  [provenance, source, run?.id, protocol?.fingerprint].join("\n");

/** A result whose origin most of the group have; undefined where each has its own. */
function mostShared(group: readonly Result[]): Result | undefined {
  const counts = new Map<string, number>();
  for (const result of group) counts.set(originKey(result), (counts.get(originKey(result)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  if (most === 1 && group.length > 1) return undefined;
  return group.find((result) => counts.get(originKey(result)) === most);
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** How a value came to be: provenance, source or run, protocol. */
function Origin({ result: { provenance, source, run, protocol } }: { result: Result }) {
  return (
    <>
      {provenanceNames[provenance]},{" "}
      {run ? (
        <Link className="link" href={`/runs/${encodeURIComponent(run.id)}`} prefetch={false}>
          by a run
        </Link>
      ) : /^https?:\/\//.test(source) ? (
        <a className="link break-all" href={source}>
          {source}
        </a>
      ) : (
        source
      )}
      {protocol ? (
        <>
          , protocol{" "}
          <Link
            className="link font-mono"
            href={`/protocols/${protocol.fingerprint}`}
            prefetch={false}
            data-card={`Protocol\n${protocol.fingerprint}`}
          >
            {shortHash(protocol.fingerprint)}
          </Link>
        </>
      ) : (
        ", protocol not stated"
      )}
    </>
  );
}

/**
 * The rank of a value among the comparable ones of its measure, where the overview has the measure. None where the overview has
 * more methods than were asked for: among some of them it would be another number.
 */
export function ranksOf(slug: string, { leaderboard }: MethodFieldQuery): ReadonlyMap<string, string> {
  const ranks = new Map<string, string>();
  if (leaderboard.pageInfo.hasNextPage) return ranks;
  const own = leaderboard.edges.find(({ node }) => node.method.slug === slug);
  for (const [i, { measure }] of leaderboard.columns.entries()) {
    const cell = own?.node.cells[i];
    const value = cell?.value ?? null;
    const { direction } = measure.metric;
    if (value === null || cell?.differentProtocol || direction === "NEITHER") continue;
    const comparable = leaderboard.edges.flatMap(({ node }) => {
      const other = node.cells[i];
      return other?.value == null || other.differentProtocol ? [] : [other.value];
    });
    const better = comparable.filter((other) => (direction === "HIGHER" ? other > value : other < value));
    ranks.set(measure.slug, `${better.length + 1} of ${comparable.length}`);
  }
  return ranks;
}

/** All live results of a method, by setting, each with how it came to be: once, where a whole setting shares it. */
export function MethodResults({
  results,
  ranks,
}: {
  results: readonly Result[];
  ranks: ReadonlyMap<string, string>;
}) {
  return (
    <div className="gap-x-10 md:columns-2 xl:columns-3">
      {bySetting(results).map(([setting, group], index) => {
        const first = group[0];
        const shared = mostShared(group);
        const sameMetric = new Set(group.map(({ measure }) => measure.metric.title)).size === 1;
        const ranked = group.some(({ measure }) => ranks.has(measure.slug));
        const withInterval = group.some(({ interval }) => interval);
        const sameDataset = new Set(group.map(({ measure }) => measure.dataset.title)).size === 1;
        return (
          <section
            key={setting}
            aria-labelledby={`setting-${index}`}
            className="mb-4 break-inside-avoid pt-2"
          >
            <h3 id={`setting-${index}`} className="font-semibold">
              {setting}
            </h3>
            <p className="mb-1 text-xs text-muted">
              {sameDataset && first && `${first.measure.dataset.title}. `}
              {sameMetric && first && `${sentence(first.measure.metric.title)}. `}
              {shared && <Origin result={shared} />}
              {shared && group.some((one) => originKey(one) !== originKey(shared)) && ", unless noted"}
            </p>
            <table className="w-full text-sm tabular-nums">
              <caption className="sr-only">{setting}</caption>
              <thead className="sr-only">
                <tr>
                  <th scope="col">Measure</th>
                  {withInterval && <th scope="col">95% interval</th>}
                  <th scope="col">Value</th>
                  {ranked && <th scope="col">Rank</th>}
                </tr>
              </thead>
              <tbody>
                {group.map((result) => {
                  const { measure, value, interval, provenance } = result;
                  const { digits, unit, direction } = measure.metric;
                  const named = [
                    sameDataset ? "" : measure.dataset.title,
                    sameMetric ? "" : measure.metric.title,
                  ].filter(Boolean);
                  return (
                    <tr
                      key={result.id}
                      className="[&>*]:border-t [&>*]:border-line [&>*]:py-1 [&>*]:align-baseline"
                    >
                      <th scope="row" className="w-full text-left font-normal">
                        <Link className="hover:underline" href={suiteAddress(measure.slug)} prefetch={false}>
                          {named[0] ?? measure.dataset.title}
                        </Link>
                        {named[1] && <span className="text-muted"> {named[1]}</span>}
                        {!(shared && originKey(shared) === originKey(result)) && (
                          <span className="block text-xs text-muted">
                            <Origin result={result} />
                          </span>
                        )}
                      </th>
                      {withInterval && (
                        <td className="pl-3 text-right text-xs whitespace-nowrap text-muted">
                          {interval && formatInterval(value, interval.lower, interval.upper, digits)}
                        </td>
                      )}
                      <td className="pl-2 text-right whitespace-nowrap">
                        <span className="font-medium">{formatNumber(value, digits)}</span>
                        {provenanceMarks[provenance] && (
                          <sup className="text-muted">{provenanceMarks[provenance]}</sup>
                        )}{" "}
                        <span className="text-xs text-muted">
                          {unit} <DirectionMark direction={direction} />
                        </span>
                      </td>
                      {ranked && (
                        <td className="w-18 pl-3 text-right text-xs whitespace-nowrap text-muted">
                          {ranks.get(measure.slug)}
                        </td>
                      )}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
        );
      })}
    </div>
  );
}
