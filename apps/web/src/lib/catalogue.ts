/** Every measure and every suite, for what chooses one or looks one up. */
import { graphql } from "../../generated";
import { allNodes } from "./all-nodes";
import { ask } from "./api";

const MeasuresQuery = graphql(`
  query Measures($after: String) {
    measures(first: 200, after: $after) {
      nodes {
        slug
        title
        setting {
          title
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const SuitesQuery = graphql(`
  query Suites($after: String) {
    suites(first: 200, after: $after) {
      nodes {
        slug
        title
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const allMeasures = () => allNodes(async (after) => (await ask(MeasuresQuery, { after })).measures);

export const allSuites = () => allNodes(async (after) => (await ask(SuitesQuery, { after })).suites);
