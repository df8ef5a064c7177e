/** What a reviewer needs beside the offered values: what the record holds in the same measures. */
import { graphql } from "../../../generated";
import { allNodes } from "../../lib/all-nodes";
import { ask } from "../../lib/api";
import { allMeasures } from "../../lib/catalogue";
import type { OfferedValue } from "./body";

const RecordedQuery = graphql(`
  query Recorded($measures: [String!]!, $after: String) {
    results(filter: { measures: $measures }, first: 200, after: $after) {
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
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const MethodCountQuery = graphql(`
  query MethodCount {
    methods(first: 1) {
      totalCount
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

/** More measures than these are not read one by one, and about so many recorded values are fetched for one page. */
const mostMeasures = 60;
const mostRecorded = 6_000;

/** What the record holds in the offered measures, and in how many of them it was not looked up. */
export async function contextOf(
  slug: string,
  values: readonly OfferedValue[],
): Promise<{ readonly context: ReadonlyMap<string, Context>; readonly notLookedUp: number }> {
  const [all, { methods }] = await Promise.all([allMeasures(), ask(MethodCountQuery)]);
  const known = new Set(all.map((measure) => measure.slug));
  const offered = [...new Set(values.map(({ measure }) => measure))].filter((measure) => known.has(measure));
  const fitting = Math.max(1, Math.floor(mostRecorded / Math.max(1, methods.totalCount)));
  const measures = offered.slice(0, Math.min(mostMeasures, fitting));
  const notLookedUp = offered.length - measures.length;
  if (measures.length === 0) return { context: new Map(), notLookedUp };
  const recorded = await allNodes(async (after) => (await ask(RecordedQuery, { measures, after })).results);
  const byMeasure = Map.groupBy(recorded, ({ measure }) => measure.slug);
  const context = new Map(
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
  return { context, notLookedUp };
}
