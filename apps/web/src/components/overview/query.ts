import { graphql } from "../../../generated";

/** ImageNet and the paper's eight settings, each by its own aggregate, beside the rank over all of their measures. */
export const OverviewQuery = graphql(`
  query Overview {
    all: leaderboard(suite: "overview", first: 100) {
      ...OverviewColumn
      suite {
        description
        measures {
          slug
        }
      }
      position
      totalCount
    }
    imagenet: leaderboard(suite: "imagenet/imagenet/top1", first: 100) {
      ...OverviewColumn
    }
    linear: leaderboard(suite: "many-shot-linear", first: 100) {
      ...OverviewColumn
    }
    finetune: leaderboard(suite: "many-shot-finetune", first: 100) {
      ...OverviewColumn
    }
    fewShotKornblith: leaderboard(suite: "few-shot-kornblith", first: 100) {
      ...OverviewColumn
    }
    fewShotCdfsl: leaderboard(suite: "few-shot-cdfsl", first: 100) {
      ...OverviewColumn
    }
    detectionFrozen: leaderboard(suite: "detection-frozen", first: 100) {
      ...OverviewColumn
    }
    detectionFinetune: leaderboard(suite: "detection-finetune", first: 100) {
      ...OverviewColumn
    }
    normals: leaderboard(suite: "surface-normals", first: 100) {
      ...OverviewColumn
    }
    segmentation: leaderboard(suite: "segmentation", first: 100) {
      ...OverviewColumn
    }
  }

  fragment OverviewColumn on Leaderboard {
    suite {
      slug
      title
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
          title
          unit
          digits
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
      }
    }
  }
`);
