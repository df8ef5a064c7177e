import { graphql } from "../../../generated";

/** All three coefficients of one pair, in one request: the points come with the first. */
export const CorrelationQuery = graphql(`
  query CorrelationPage($x: VariableInput!, $y: VariableInput!, $transform: Transform!, $orient: Boolean!, $filter: BoardFilter, $interval: IntervalMethod!, $given: CovariateInput, $asOf: DateTime) {
    pearson: correlation(x: $x, y: $y, transform: $transform, orient: $orient, filter: $filter, interval: $interval, given: $given, asOf: $asOf, coefficient: PEARSON) {
      x {
        title
        unit
        negated
        measures {
          slug
          metric {
            unit
            upper
          }
        }
      }
      y {
        title
        unit
        negated
        measures {
          slug
          metric {
            unit
            upper
          }
        }
      }
      n
      asOf
      coefficient
      reason
      pValue
      interval {
        lower
        upper
      }
      partial {
        given
        coefficient
        pValue
        n
        reason
      }
      regression {
        slope
        intercept
        band(points: 48) {
          x
          lower
          upper
        }
      }
      points {
        method {
          slug
          name
          family
        }
        x
        y
        rawX
        rawY
        comparable
      }
      excluded {
        method {
          slug
          name
          family
        }
        reason
      }
      withoutFamily {
        family
        n
        coefficient
        reason
      }
      position
      bibtex
    }
    spearman: correlation(x: $x, y: $y, transform: $transform, orient: $orient, filter: $filter, interval: $interval, given: $given, asOf: $asOf, coefficient: SPEARMAN) {
      coefficient
      pValue
      interval {
        lower
        upper
      }
      partial {
        given
        coefficient
        pValue
        n
        reason
      }
    }
    kendall: correlation(x: $x, y: $y, transform: $transform, orient: $orient, filter: $filter, interval: $interval, given: $given, asOf: $asOf, coefficient: KENDALL) {
      coefficient
      pValue
      interval {
        lower
        upper
      }
      partial {
        given
        coefficient
        pValue
        n
        reason
      }
    }
  }
`);
