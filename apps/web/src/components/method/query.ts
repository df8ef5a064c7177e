import { graphql } from "../../../generated";

/** Everything a method's page shows, but for the boards that its profile stands against. */
export const MethodQuery = graphql(`
  query MethodPage($slug: String!) {
    method(slug: $slug) {
      slug
      name
      family
      year
      paperTitle
      paperUrl
      bibtex
      pretraining {
        dataset
        source
        epochs
        batchSize
        targetNet
        momentumEncoder
        memoryBank
        projectionHead
        normalize
        augmentations
      }
      checkpoints {
        name
        sha256
        architecture
        featureDimension
        inputMean
        inputStd
        createdAt
      }
      standings {
        suite {
          slug
          title
          aggregate
          rankedBy {
            metric {
              ...MetricFields
            }
          }
        }
        rank
        of
        aggregate
        rankAmongAll
        incomparable {
          title
        }
        missing {
          title
        }
      }
      results(first: 200) {
        nodes {
          id
          value
          interval {
            lower
            upper
          }
          sampleSize
          provenance
          source
          recordedAt
          protocol {
            fingerprint
          }
          run {
            id
          }
          measure {
            slug
            title
            setting {
              slug
              title
            }
            dataset {
              title
            }
            metric {
              ...MetricFields
            }
          }
        }
        totalCount
      }
    }
    runs(method: $slug, first: 5) {
      totalCount
      nodes {
        id
        state
        dataset {
          title
        }
        protocol {
          title
        }
      }
    }
  }
`);

/** Every method's mean rank over all measures, and everybody's value in each: whom a method stands beside. */
export const FieldQuery = graphql(`
  query MethodField {
    leaderboard(suite: "overview", aggregate: MEAN_RANK, first: 200) {
      columns {
        measure {
          slug
          metric {
            direction
          }
        }
      }
      edges {
        rank
        node {
          aggregate
          method {
            slug
            name
            family
          }
          cells {
            value
            differentProtocol
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);
