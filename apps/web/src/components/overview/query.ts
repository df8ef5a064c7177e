import { graphql } from "../../../generated";

/** ImageNet and the paper's eight settings, each by its own aggregate, beside the rank over all of their measures. */
export const OverviewQuery = graphql(`
  query Overview($filter: BoardFilter, $among: Among!, $asOf: DateTime) {
    all: leaderboard(suite: "overview", first: 90, aggregate: MEAN_RANK, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
      edges {
        node {
          method {
            year
            paperTitle
          }
          missing {
            slug
          }
        }
      }
      suite {
        description
        measures {
          slug
        }
      }
      position
      totalCount
    }
    imagenet: leaderboard(suite: "imagenet/imagenet/top1", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    linear: leaderboard(suite: "many-shot-linear", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    finetune: leaderboard(suite: "many-shot-finetune", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    fewShotKornblith: leaderboard(suite: "few-shot-kornblith", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    fewShotCdfsl: leaderboard(suite: "few-shot-cdfsl", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    detectionFrozen: leaderboard(suite: "detection-frozen", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    detectionFinetune: leaderboard(suite: "detection-finetune", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    normals: leaderboard(suite: "surface-normals", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
    segmentation: leaderboard(suite: "segmentation", first: 90, filter: $filter, among: $among, asOf: $asOf) {
      ...OverviewColumn
    }
  }

  fragment OverviewColumn on Leaderboard {
    suite {
      slug
      title
      description
    }
    direction
    rankedCount
    columns {
      ranked
      measure {
        dataset {
          title
        }
        metric {
          ...MetricFields
        }
      }
    }
    edges {
      rank
      node {
        method {
          slug
          name
          family
        }
        aggregate
        provenances
        comparable
      }
    }
  }
`);
