/** What a reviewer needs beside the offered values: what the record holds in the same measures. */
import { graphql } from "../../../generated";
import { ask } from "../../lib/api";
import type { OfferedValue } from "./body";

const RecordedQuery = graphql(`
  query Recorded($measures: [String!]!) {
    results(filter: { measures: $measures }, first: 200) {
      totalCount
      nodes {
        value
        method {
          slug
          name
        }
        protocol {
          fingerprint
          title
        }
        measure {
          slug
          metric {
            digits
            unit
            direction
          }
        }
      }
    }
  }
`);

export interface Context {
  readonly digits: number;
  readonly unit: string;
  /** All recorded values of the measure. */
  readonly values: readonly number[];
  /** What is recorded of the method itself. */
  readonly prior: number | null;
  /** The protocol that most of the recorded values are under. */
  readonly usual: { readonly fingerprint: string; readonly title: string } | null;
}

/** Measures that are looked up at once: more values than these are not read one by one. */
const most = 60;

export async function contextOf(
  slug: string,
  values: readonly OfferedValue[],
  known: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Context>> {
  const measures = values
    .map(({ measure }) => measure)
    .filter((measure) => known.has(measure))
    .slice(0, most);
  if (measures.length === 0) return new Map();
  const { results } = await ask(RecordedQuery, { measures });
  const byMeasure = Map.groupBy(results.nodes, ({ measure }) => measure.slug);
  return new Map(
    [...byMeasure].flatMap(([measure, entries]): [string, Context][] => {
      const first = entries[0];
      if (!first) return [];
      const protocols = Map.groupBy(
        entries.flatMap(({ protocol }) => protocol ?? []),
        ({ fingerprint }) => fingerprint,
      );
      const [usual] = [...protocols.values()].sort((a, b) => b.length - a.length);
      return [
        [
          measure,
          {
            digits: first.measure.metric.digits,
            unit: first.measure.metric.unit,
            values: entries.map(({ value }) => value),
            prior: entries.find(({ method }) => method.slug === slug)?.value ?? null,
            usual: usual?.[0] ?? null,
          },
        ],
      ];
    }),
  );
}
