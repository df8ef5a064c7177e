/** Selections that several queries share. Their names are unique in the site. */
import { graphql } from "../../generated";

graphql(`
  fragment MetricFields on Metric {
    title
    unit
    direction
    digits
  }
`);
