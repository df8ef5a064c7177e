/** The methods that a picker offers: those that a search finds, the first by name. */
import { graphql } from "../../../generated";

export const OptionsQuery = graphql(`
  query CompareOptions($search: String) {
    methods(first: 200, filter: { search: $search }, orderBy: { field: NAME, direction: ASC }) {
      totalCount
      nodes {
        slug
        name
        family
      }
    }
  }
`);
