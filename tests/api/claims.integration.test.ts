/** Claims that the record watches: stated, shaken and overturned by results, restored by a retraction. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
let token: string;
let reviewer: string;
beforeAll(async () => {
  api = await startApi();
  token = await makeToken(api, "ada", ["SUBMIT"]);
  reviewer = await makeToken(api, "rosa", ["REVIEW"]);
});
afterAll(() => api.stop());

const CLAIM = `id text asserted state by url events { position state value interval { lower upper } reason }`;
const STATE = `mutation ($text: String!) { stateClaim(input: { text: $text }) { __typename
  ... on StateClaimPayload { claim { ${CLAIM} } } ... on Error { message } ... on UnknownSlug { nearest } } }`;

async function state(text: string) {
  return (await api.read(STATE, { variables: { text }, token })).stateClaim;
}

async function claim(id: string) {
  return (await api.read(`query ($id: ID!) { claim(id: $id) { ${CLAIM} } }`, { variables: { id } })).claim;
}

/** The protocol that the paper's values of a measure are under: other values are not ranked beside them. */
async function protocolOf(measure: string): Promise<string | undefined> {
  const query = `query ($suite: String!) { leaderboard(suite: $suite, first: 1) { edges { node { cells { protocol { fingerprint } } } } } }`;
  const { leaderboard } = await api.read(query, { variables: { suite: measure } });
  return leaderboard.edges[0].node.cells[0].protocol?.fingerprint;
}

/** One value of a method under the paper's protocol, accepted. */
async function accept(slug: string, measure: string, value: number): Promise<string> {
  const protocol = await protocolOf(measure);
  const body = {
    method: { slug, name: slug, family: "OTHER" },
    source: `https://example.org/${slug}`,
    values: [{ measure, value, ...(protocol === undefined ? {} : { protocol }) }],
  };
  const input = inputOf(body, { idempotencyKey: `${slug}-${value}` });
  const { submitResults } = await api.read(SUBMIT, { variables: { input }, token });
  const { id } = submitResults.submission;
  const variables = { id, verdict: "ACCEPT", reason: "Checked." };
  const { reviewSubmission } = await api.read(REVIEW, { variables, token: reviewer });
  return reviewSubmission.submission.results[0].id;
}

describe("a claim", () => {
  it("is kept with its interval of the moment, and holds", async () => {
    const { claim: made } = await state(
      "correlation(imagenet/imagenet/top1,  suite:many-shot-linear) is 0.93",
    );
    expect(made.text).toBe("correlation(imagenet/imagenet/top1, suite:many-shot-linear) is 0.93");
    expect(made).toMatchObject({ state: "HOLDING", by: "ada" });
    expect(made.asserted).toMatch(/^between 0[.]77\d+ and 0[.]97\d+$/);
    expect(made.url).toContain("/correlation?x=imagenet");
    expect(made.events).toHaveLength(1);
    expect(made.events[0].value).toBeCloseTo(0.926, 3);
    expect((await claim(made.id)).events).toEqual(made.events);
  });

  it("is overturned by a result, and restored by its retraction, each an event once", async () => {
    const { claim: made } = await state("rank(pcl-v1, segmentation/ade20k/mean-iou) <= 1");
    expect(made.state).toBe("HOLDING");
    const entry = await accept("better-segmenter", "segmentation/ade20k/mean-iou", 0.45);
    const shaken = await claim(made.id);
    expect(shaken.events).toHaveLength(2);
    expect(shaken.state).not.toBe("HOLDING");
    expect(shaken.events[1]).toMatchObject({ value: 2 });
    // Asked again it is the same.
    expect((await claim(made.id)).events).toEqual(shaken.events);
    await api.read(
      `mutation ($id: ID!) { retractResult(input: { id: $id, reason: "Wrong split." }) { __typename } }`,
      { variables: { id: entry }, token: reviewer },
    );
    const restored = await claim(made.id);
    expect(restored.events.map((event: { state: string }) => event.state)).toEqual([
      "HOLDING",
      shaken.state,
      "HOLDING",
    ]);
  });

  it("of what has no answer yet is unanswerable, and holds once it has one", async () => {
    await accept("half-known", "imagenet/imagenet/top1", 71.3);
    const { claim: made } = await state("value(half-known, segmentation/ade20k/mean-iou) > 0.2");
    expect(made).toMatchObject({ state: "UNANSWERABLE" });
    expect(made.events[0].reason).toContain("has no value");
    await accept("half-known", "segmentation/ade20k/mean-iou", 0.2345);
    expect(await claim(made.id)).toMatchObject({ state: "HOLDING" });
  });

  it("is listed, by its state too", async () => {
    const { claims } = await api.read("{ claims { state } }");
    expect(claims).toHaveLength(3);
    const { claims: overturned } = await api.read("{ claims(state: OVERTURNED) { state } }");
    expect(overturned).toEqual([]);
  });
});

describe("what cannot be claimed is one sentence", () => {
  it.each([
    ["ImageNet predicts everything", "BadInput", "is no claim"],
    ["rank(swaw, suite:many-shot-linear) < 2", "BadInput", "has no rank"],
    ["value(swav, imagenet/imagenet/top9) > 1", "UnknownSlug", "There is no"],
    [
      "correlation(imagenet/imagenet/top1, suite:many-shot-linear) is 0.5",
      "BadInput",
      "does not round to 0.5",
    ],
    ["value(swav, many-shot-linear/food/accuracy) is 76", "BadInput", "round"],
  ])("%s", async (text, type, sentence) => {
    const answer = await state(text);
    // A method that is not there yet may come: only 'is' needs an answer now.
    if (answer.__typename === "StateClaimPayload") expect(answer.claim.state).toBe("UNANSWERABLE");
    else {
      expect(answer.__typename).toBe(type);
      expect(answer.message).toContain(sentence);
    }
  });

  it("the same claim twice", async () => {
    await state("rank(swav, suite:many-shot-linear) <= 5");
    expect(await state(" rank(swav, suite:many-shot-linear)  <= 5 ")).toMatchObject({
      __typename: "Conflict",
    });
  });
});
