/** Submissions to send, and the mutations to send them with. */

export const SUBMIT = `mutation ($input: SubmitResultsInput!) { submitResults(input: $input) { __typename
  ... on SubmitResultsPayload { submission { id status submitter } warnings { place message severity }
    changes { suite { slug } before after } }
  ... on InvalidSubmission { message faults { place message expected severity nearest } }
  ... on Error { message } } }`;

export const REVIEW = `mutation ($id: ID!, $verdict: Verdict!, $reason: String!) {
  reviewSubmission(input: { id: $id, verdict: $verdict, reason: $reason }) { __typename
    ... on SubmissionPayload { submission { id status decidedBy reason results { id value }
      timeline { action by } } }
    ... on Error { message } } }`;

/** A new method that is second to none on the segmentation board. */
export function makeSubmission(overrides: Record<string, unknown> = {}) {
  return {
    method: {
      slug: "made-up",
      name: "Made Up",
      family: "CONTRASTIVE",
      year: 2026,
      pretraining: { epochs: 300 },
    },
    source: "https://example.org/made-up",
    values: [
      {
        measure: "segmentation/ade20k/mean-iou",
        value: 0.31,
        interval: { lower: 0.3, upper: 0.32 },
        sampleSize: 2000,
        seeds: [1, 2],
      },
      { measure: "segmentation/ade20k/pixel-accuracy", value: 75.2 },
    ],
    ...overrides,
  };
}

export const inputOf = (body: unknown, more: Record<string, unknown> = {}) => ({
  idempotencyKey: "key-1",
  content: typeof body === "string" ? body : JSON.stringify(body),
  ...more,
});
