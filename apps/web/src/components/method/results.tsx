import Link from "next/link";
import type { MethodPageQuery } from "../../../generated/graphql";
import { formatInterval, formatNumber, provenanceNames, shortHash } from "../../lib/format";
import { DirectionMark } from "../marks";

type Result = MethodPageQuery["method"]["results"]["nodes"][number];

/** In the ledger's order, which is the paper's for what it published. */
function bySetting(results: readonly Result[]): [string, Result[]][] {
  const groups = new Map<string, Result[]>();
  for (const result of results.toReversed()) {
    const title = result.measure.setting.title;
    groups.set(title, [...(groups.get(title) ?? []), result]);
  }
  return [...groups];
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
      {protocol && (
        <>
          , protocol{" "}
          <Link
            className="link font-mono"
            href={`/protocols/${protocol.fingerprint}`}
            prefetch={false}
            title={protocol.fingerprint}
          >
            {shortHash(protocol.fingerprint)}
          </Link>
        </>
      )}
    </>
  );
}

/** All live results of a method, by setting, each with how it came to be: once, where a whole setting shares it. */
export function MethodResults({ results }: { results: readonly Result[] }) {
  return (
    <div className="gap-x-10 md:columns-2 xl:columns-3">
      {bySetting(results).map(([setting, group]) => {
        const first = group[0];
        const shared = mostShared(group);
        const sameMetric = new Set(group.map(({ measure }) => measure.metric.title)).size === 1;
        const sameDataset = new Set(group.map(({ measure }) => measure.dataset.title)).size === 1;
        return (
          <table key={setting} className="mt-4 mb-2 w-full break-inside-avoid text-sm tabular-nums">
            <caption className="pb-1 text-left">
              <span className="font-semibold">{setting}</span>
              <span className="block text-xs text-muted">
                {sameDataset && first && `${first.measure.dataset.title}. `}
                {sameMetric && first && `${first.measure.metric.title}. `}
                {shared && <Origin result={shared} />}
                {shared && group.some((one) => originKey(one) !== originKey(shared)) && ", unless noted"}
              </span>
            </caption>
            <thead className="sr-only">
              <tr>
                <th scope="col">Measure</th>
                <th scope="col">Value, with its 95% interval where known</th>
              </tr>
            </thead>
            <tbody>
              {group.map((result) => {
                const { measure, value, interval } = result;
                const { digits, unit, direction } = measure.metric;
                const named = [
                  sameDataset ? "" : measure.dataset.title,
                  sameMetric ? "" : measure.metric.title,
                ].filter(Boolean);
                return (
                  <tr key={result.id} className="[&>*]:border-t [&>*]:border-line [&>*]:py-1">
                    <th scope="row" className="text-left align-top font-normal">
                      {named[0] ?? measure.dataset.title}
                      {named[1] && <span className="text-muted"> {named[1]}</span>}
                      {!(shared && originKey(shared) === originKey(result)) && (
                        <span className="block text-xs text-muted">
                          <Origin result={result} />
                        </span>
                      )}
                    </th>
                    <td className="pl-3 text-right align-top whitespace-nowrap">
                      {interval && (
                        <span className="mr-2 text-xs text-muted">
                          {formatInterval(value, interval.lower, interval.upper, digits)}
                        </span>
                      )}
                      <span className="font-medium">{formatNumber(value, digits)}</span>{" "}
                      <span className="text-xs text-muted">
                        {unit} <DirectionMark direction={direction} />
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        );
      })}
    </div>
  );
}
