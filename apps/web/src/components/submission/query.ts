/** What the pages of submissions ask and send. */
import { graphql } from "../../../generated";

graphql(`
  fragment FaultFields on Fault {
    place
    message
    expected
    severity
    nearest
  }
`);

graphql(`
  fragment RankChangeFields on RankChange {
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
`);

export const OfferMutation = graphql(`
  mutation Offer($input: SubmitResultsInput!) {
    submitResults(input: $input) {
      __typename
      ... on SubmitResultsPayload {
        submission {
          id
        }
        warnings {
          ...FaultFields
        }
        changes {
          ...RankChangeFields
        }
      }
      ... on InvalidSubmission {
        message
        faults {
          ...FaultFields
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
        ...FaultFields
      }
      changes {
        ...RankChangeFields
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
