/** The client's own questions; their answers' types come from the schema. */
import { graphql } from "../generated/index.ts";

export const BoardDocument = graphql(`
  query ClientBoard($suite: String!, $first: Int!, $after: String) {
    leaderboard(suite: $suite, first: $first, after: $after) {
      nodes {
        rank
        method {
          slug
          name
        }
        cells {
          value
          provenance
          fingerprint
          interval {
            lower
            upper
          }
          measure {
            slug
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

export const CorrelationDocument = graphql(`
  query ClientCorrelation($x: VariableInput!, $y: VariableInput!) {
    correlation(x: $x, y: $y) {
      n
      coefficient
      pValue
      interval {
        lower
        upper
      }
      points {
        method {
          slug
        }
        x
        y
      }
    }
  }
`);
