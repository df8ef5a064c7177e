import { graphql } from "../../../generated";

/** The newest finished runs of a method that can have made pictures. */
export const PictureRunsQuery = graphql(`
  query PictureRuns($method: String!) {
    method(slug: $method) {
      submittedPictures {
        sha256
        role
        item
      }
    }
    reconstruction: runs(method: $method, setting: "reconstruction", state: DONE, first: 5) {
      nodes {
        id
        record
        dataset {
          title
        }
        protocol {
          title
        }
      }
    }
    attention: runs(method: $method, setting: "attention", state: DONE, first: 5) {
      nodes {
        id
        record
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
