import { graphql } from "../../../generated";

export const OfferMutation = graphql(`
  mutation Offer($input: SubmitResultsInput!) {
    submitResults(input: $input) {
      __typename
      ... on SubmitResultsPayload {
        submission {
          id
        }
        warnings {
          place
          message
          expected
          severity
          nearest
        }
        changes {
          suite {
            slug
            title
          }
          before
          after
          missing {
            title
          }
        }
      }
      ... on InvalidSubmission {
        message
        faults {
          place
          message
          expected
          severity
          nearest
        }
      }
      ... on Error {
        message
      }
    }
  }
`);

export const SubmissionQuery = graphql(`
  query SubmissionPage($id: ID!) {
    submission(id: $id) {
      id
      status
      submitter
      methodSlug
      valueCount
      createdAt
      decidedAt
      decidedBy
      reason
      body
      warnings {
        place
        message
        expected
        severity
        nearest
      }
      changes {
        suite {
          slug
          title
        }
        before
        after
        missing {
          title
        }
      }
      results {
        id
        value
        retraction {
          reason
        }
        position
        measure {
          slug
        }
      }
      timeline {
        position
        at
        by
        action
        subject
        details
      }
    }
  }
`);

export const ReviewMutation = graphql(`
  mutation Review($input: ReviewSubmissionInput!) {
    reviewSubmission(input: $input) {
      __typename
      ... on Error {
        message
      }
    }
  }
`);

export const WithdrawMutation = graphql(`
  mutation Withdraw($input: WithdrawSubmissionInput!) {
    withdrawSubmission(input: $input) {
      __typename
      ... on Error {
        message
      }
    }
  }
`);

export const RetractMutation = graphql(`
  mutation Retract($input: RetractResultInput!) {
    retractResult(input: $input) {
      __typename
      ... on Error {
        message
      }
    }
  }
`);
