import { graphql } from "../../../generated";

/** Everything a method's page shows. */
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
              title
              unit
              digits
            }
          }
        }
        rank
        of
        aggregate
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
              title
              unit
              direction
              digits
            }
          }
        }
        totalCount
      }
    }
  }
`);
