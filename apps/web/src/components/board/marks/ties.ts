/** Which neighbours on a board cannot be told apart, by stored predictions of the same images. */
import { graphql } from "../../../../generated";
import type { TiesQuery as Answer, BoardQueryVariables } from "../../../../generated/graphql";
import { ask } from "../../../lib/api";

const TiesQuery = graphql(`
  query Ties(
    $suite: String!
    $aggregate: Aggregate
    $filter: BoardFilter
    $among: Among!
    $asOf: DateTime
  ) {
    pairs(suite: $suite, aggregate: $aggregate, filter: $filter, among: $among, asOf: $asOf) {
      without
      images
      sentence
      about
      groups {
        letter
        methods {
          slug
        }
      }
      notSeparatedButApart {
        a {
          name
        }
        b {
          name
        }
      }
    }
  }
`);

export type Ties = NonNullable<Answer["pairs"]>;

/** Null where fewer than two methods have predictions. */
export async function tiesOf({
  suite,
  aggregate = null,
  filter = null,
  among,
  asOf = null,
}: BoardQueryVariables): Promise<Ties | null> {
  return (await ask(TiesQuery, { suite, aggregate, filter, among, asOf })).pairs ?? null;
}

/** The letters of each method's groups, in the groups' order, by slug. */
export function lettersOf(ties: Ties | null): ReadonlyMap<string, readonly string[]> {
  const letters = new Map<string, string[]>();
  for (const { letter, methods } of ties?.groups ?? [])
    for (const { slug } of methods) letters.set(slug, [...(letters.get(slug) ?? []), letter]);
  return letters;
}
