import Link from "next/link";
import type { MethodPageQuery } from "../../../generated/graphql";
import { directionArrow, formatInterval, formatNumber, provenanceNames, shortHash } from "../../lib/format";

type Result = MethodPageQuery["method"]["results"]["nodes"][number];

function bySetting(results: readonly Result[]): Map<string, Result[]> {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const title = result.measure.setting.title;
    groups.set(title, [...(groups.get(title) ?? []), result]);
  }
  return groups;
}

/** All live results of a method, by setting, each with how it came to be. */
export function MethodResults({ results }: { results: readonly Result[] }) {
  return [...bySetting(results)].map(([setting, group]) => (
    <section key={setting} className="mt-6 overflow-x-auto" aria-label={setting}>
      <table className="w-full min-w-[40rem] text-sm tabular-nums">
        <caption className="pb-1 text-left font-semibold">{setting}</caption>
        <thead>
          <tr className="text-left text-muted [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-1 [&>th]:font-normal">
            <th scope="col" className="w-1/4">
              Dataset
            </th>
            <th scope="col">Metric</th>
            <th scope="col" className="text-right">
              Value
            </th>
            <th scope="col" className="text-right">
              95% interval
            </th>
            <th scope="col">Provenance</th>
            <th scope="col">Source</th>
            <th scope="col">Protocol</th>
          </tr>
        </thead>
        <tbody>
          {group.map(({ id, measure, value, interval, provenance, source, protocol, run }) => (
            <tr key={id} className="[&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1">
              <th scope="row" className="text-left font-normal">
                {measure.dataset.title}
              </th>
              <td>
                {measure.metric.title}{" "}
                <span className="text-muted">{directionArrow[measure.metric.direction]}</span>
              </td>
              <td className="text-right font-medium">
                {formatNumber(value, measure.metric.digits)}{" "}
                <span className="font-normal text-muted">{measure.metric.unit}</span>
              </td>
              <td className="text-right text-muted">
                {interval && formatInterval(value, interval.lower, interval.upper, measure.metric.digits)}
              </td>
              <td>{provenanceNames[provenance]}</td>
              <td className="text-muted">
                {run ? (
                  <Link className="link" href={`/runs/${encodeURIComponent(run.id)}`} prefetch={false}>
                    run
                  </Link>
                ) : (
                  source
                )}
              </td>
              <td className="font-mono text-xs text-muted" title={protocol?.fingerprint}>
                {protocol && shortHash(protocol.fingerprint)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  ));
}
