import { graphql } from "../../../generated";

/** Everything a board shows, in one request. */
export const BoardQuery = graphql(`
  query Board(
    $suite: String!
    $aggregate: Aggregate
    $filter: BoardFilter
    $among: Among!
    $readouts: Readouts
    $orderBy: LeaderboardOrder
    $asOf: DateTime
    $search: String
    $first: Int!
    $after: String
  ) {
    leaderboard(
      suite: $suite
      aggregate: $aggregate
      filter: $filter
      among: $among
      readouts: $readouts
      orderBy: $orderBy
      asOf: $asOf
      search: $search
      first: $first
      after: $after
    ) {
      suite {
        slug
        title
        description
        aggregate
        measures {
          dataset {
            domain
          }
        }
      }
      aggregate
      direction
      reason
      rankedCount
      totalCount
      position
      asOf
      bibtex
      columns {
        measure {
          slug
          title
          setting {
            slug
            title
          }
          dataset {
            slug
            title
            domain
            classCount
            trainSize
            testSize
          }
          metric {
            slug
            ...MetricFields
          }
        }
        ranked
        fingerprints
      }
      edges {
        rank
        node {
          method {
            slug
            name
            family
            year
            paperTitle
          }
          readouts
          aggregate
          otherRanks {
            aggregate
            rank
          }
          rankInterval {
            lower
            upper
            group
          }
          rankAmongAll
          incomparable {
            title
          }
          missing {
            title
          }
          cells {
            value
            interval {
              lower
              upper
            }
            sampleSize
            provenance
            source
            differentProtocol
            fingerprint
            runId
            place
            supersedes
            reproduction {
              claimed
              claimedProvenance
              reproduced
              difference
              state
              runId
            }
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

/** How many columns a suite's board has. */
export const WidthQuery = graphql(`
  query BoardWidth($suite: String!) {
    suite(slug: $suite) {
      measures {
        slug
      }
    }
  }
`);
