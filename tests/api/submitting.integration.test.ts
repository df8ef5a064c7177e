/** From an offer to the board and back: dry run, faults, review, correction, retraction, and every past moment. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, makeSubmission, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
let submitter: string;
let reviewer: string;
beforeAll(async () => {
  api = await startApi();
  submitter = await makeToken(api, "ada", ["SUBMIT"]);
  reviewer = await makeToken(api, "rosa", ["REVIEW"]);
});
afterAll(() => api.stop());

const BOARD = `query ($asOf: DateTime) { leaderboard(suite: "segmentation", asOf: $asOf, among: ALL) { edges { rank
  node { method { slug } cells { value provenance resultId supersedes } } } } }`;

async function submit(body: unknown, more: Record<string, unknown> = {}, token = submitter) {
  const { submitResults } = await api.read(SUBMIT, { variables: { input: inputOf(body, more) }, token });
  return submitResults;
}

async function decide(id: string, verdict: "ACCEPT" | "REJECT", token = reviewer) {
  const variables = { id, verdict, reason: "Checked against the paper." };
  return (await api.read(REVIEW, { variables, token })).reviewSubmission;
}

async function leader(asOf?: string) {
  const { leaderboard } = await api.read(BOARD, { variables: { asOf } });
  return leaderboard.edges[0].node;
}

describe("a submission", () => {
  it("is checked by a dry run, which says what would change and leaves nothing", async () => {
    const answer = await submit(makeSubmission(), { dryRun: true });
    expect(answer).toMatchObject({ __typename: "SubmitResultsPayload", submission: null });
    expect(answer.changes).toContainEqual({ suite: { slug: "segmentation" }, before: null, after: 1 });
    expect(answer.changes).toContainEqual({ suite: { slug: "overview" }, before: null, after: null });
    expect(await api.database.client.submission.count()).toBe(0);
  });

  it("goes from pending to the board, with a timeline, and back to what was before", async () => {
    const before = new Date().toISOString();
    const { submission } = await submit(makeSubmission());
    expect(submission).toMatchObject({ status: "PENDING", submitter: "ada" });
    expect((await leader()).method.slug).toBe("pcl-v1");

    const own = await makeToken(api, "ada", ["REVIEW"]);
    expect(await decide(submission.id, "ACCEPT", own)).toMatchObject({ __typename: "Conflict" });
    const accepted = await decide(submission.id, "ACCEPT");
    expect(accepted.submission).toMatchObject({ status: "ACCEPTED", decidedBy: "rosa" });
    expect(accepted.submission.timeline).toEqual(
      [
        { action: "submission.created", by: "ada" },
        { action: "submission.accepted", by: "rosa" },
        { action: "results.recorded", by: "rosa" },
      ].toSorted(
        (a, b) =>
          accepted.submission.timeline.findIndex((event: { action: string }) => event.action === a.action) -
          accepted.submission.timeline.findIndex((event: { action: string }) => event.action === b.action),
      ),
    );
    const now = await leader();
    expect(now).toMatchObject({ method: { slug: "made-up" } });
    expect(now.cells[0]).toMatchObject({ value: 0.31, provenance: "SELF_REPORTED" });
    expect((await leader(before)).method.slug).toBe("pcl-v1");
    expect(await decide(submission.id, "REJECT")).toMatchObject({
      __typename: "Conflict",
      message: "The submission is already accepted by rosa.",
    });
  });

  it("corrects: the new value is shown, the old one named, the past kept", async () => {
    const then = new Date().toISOString();
    const entry = (await leader()).cells[0];
    const position = atob(entry.resultId).split(":")[1];
    const { method } = makeSubmission();
    const values = [{ measure: "segmentation/ade20k/mean-iou", value: 0.305, corrects: position }];
    const { submission } = await submit({ method, source: "an erratum", values }, { idempotencyKey: "fix" });
    await decide(submission.id, "ACCEPT");
    expect((await leader()).cells[0]).toMatchObject({ value: 0.305, supersedes: 0.31 });
    expect((await leader(then)).cells[0]).toMatchObject({ value: 0.31, supersedes: null });
    const again = await submit({ method, source: "an erratum", values }, { idempotencyKey: "fix-twice" });
    expect(again).toMatchObject({ __typename: "InvalidSubmission" });
    expect(again.faults[0]).toMatchObject({ place: "/values/0/corrects" });
  });

  it("is retracted: a tombstone, the old leader back, and the past kept", async () => {
    const then = new Date().toISOString();
    const entry = (await leader()).cells[0];
    const RETRACT = `mutation ($id: ID!) { retractResult(input: { id: $id, reason: "The split leaked." }) { __typename
      ... on RetractResultPayload { result { value retraction { reason by } } } ... on Error { message } } }`;
    const ask = () => api.read(RETRACT, { variables: { id: entry.resultId }, token: reviewer });
    expect((await ask()).retractResult.result).toEqual({
      value: 0.305,
      retraction: { reason: "The split leaked.", by: "rosa" },
    });
    expect((await ask()).retractResult).toMatchObject({ __typename: "Conflict" });
    expect((await leader()).method.slug).toBe("pcl-v1");
    expect((await leader(then)).method.slug).toBe("made-up");
  });

  it("is the same for the same key and body, and a conflict for another body", async () => {
    const first = await submit(makeSubmission(), { idempotencyKey: "same" });
    const again = await submit(makeSubmission(), { idempotencyKey: "same" });
    expect(again.submission.id).toBe(first.submission.id);
    const other = await submit(makeSubmission({ source: "elsewhere" }), { idempotencyKey: "same" });
    expect(other).toMatchObject({ __typename: "Conflict" });
  });

  it("is withdrawn by its submitter while it is pending", async () => {
    const { submission } = await submit(makeSubmission(), { idempotencyKey: "second-thoughts" });
    const WITHDRAW = `mutation ($id: ID!) { withdrawSubmission(input: { id: $id, reason: "Not yet." }) { __typename
      ... on SubmissionPayload { submission { status reason } } } }`;
    const stranger = await makeToken(api, "eve", ["SUBMIT"]);
    const ask = async (token: string) =>
      (await api.read(WITHDRAW, { variables: { id: submission.id }, token })).withdrawSubmission;
    expect(await ask(stranger)).toEqual({ __typename: "NotFound" });
    expect((await ask(submitter)).submission).toEqual({ status: "WITHDRAWN", reason: "Not yet." });
    expect(await ask(submitter)).toEqual({ __typename: "Conflict" });
    const SEE = "query ($id: ID!) { submission(id: $id) { status } }";
    expect((await api.ask(SEE, { variables: { id: submission.id }, token: stranger })).errors).toHaveLength(
      1,
    );
    expect(
      (await api.ask(SEE, { variables: { id: submission.id }, token: submitter })).errors,
    ).toBeUndefined();
  });
});

describe("each kind of bad submission", () => {
  const value = (overrides: Record<string, unknown>) =>
    makeSubmission({ values: [{ measure: "segmentation/ade20k/mean-iou", value: 0.3, ...overrides }] });

  it.each<[string, unknown, string, RegExp]>([
    [
      "an unknown measure",
      value({ measure: "segmentation/ade20k/mean-iuo" }),
      "/values/0/measure",
      /no measure/,
    ],
    [
      "a metric that the dataset is not measured by",
      value({ measure: "many-shot-linear/aircraft/accuracy", value: 50 }),
      "/values/0/measure",
      /no measure 'many-shot-linear\/aircraft\/accuracy'\./,
    ],
    [
      "a new measure, out of its metric's bounds",
      value({ measure: "calibration-linear/cifar10/ece", value: 101 }),
      "/values/0/value",
      /out of the bounds/,
    ],
    ["a value out of bounds", value({ value: 31 }), "/values/0/value", /out of the bounds/],
    [
      "an interval without its value",
      value({ interval: { lower: 0.31, upper: 0.32 } }),
      "/values/0/interval",
      /does not contain/,
    ],
    [
      "an interval upside down",
      value({ interval: { lower: 0.4, upper: 0.2 } }),
      "/values/0/interval",
      /above/,
    ],
    [
      "a value that is no number",
      value({ value: "0.3" }),
      "/values/0/value",
      /not what belongs here.*a number/,
    ],
    [
      "a protocol that is not recorded",
      value({ protocol: "0".repeat(64) }),
      "/values/0/protocol",
      /is recorded/,
    ],
    ["a field that is not ours", value({ colour: "red" }), "/values/0/colour", /no field 'colour'/],
    ["no values", makeSubmission({ values: [] }), "/values", /list is empty.*at least 1/],
    [
      "a new method without a name",
      makeSubmission({ method: { slug: "newer", family: "OTHER" } }),
      "/method/name",
      /needs its name/,
    ],
    [
      "a family that is none",
      makeSubmission({ method: { slug: "newer", name: "Newer", family: "CONTRASTVE" } }),
      "/method/family",
      /no 'CONTRASTVE'/,
    ],
    [
      "a slug with capitals",
      makeSubmission({ method: { slug: "New" } }),
      "/method/slug",
      /right form.*small letters/,
    ],
    ["no JSON", "{", "/", /not valid JSON/],
    ["a text", '"text"', "/", /not what belongs here.*an object/],
  ])("%s", async (_, body, place, message) => {
    const answer = await submit(body, { idempotencyKey: "bad" });
    expect(answer.__typename).toBe("InvalidSubmission");
    const said = answer.faults.map(
      (one: { place: string; message: string; expected: string | null; severity: string }) =>
        `${one.severity} ${one.place} ${one.message} ${one.expected ?? ""}`,
    );
    expect(said).toContainEqual(expect.stringMatching(message));
    expect(said.find((one: string) => message.test(one))).toMatch(new RegExp(`^ERROR ${place} `));
  });

  it("all at once, with near matches", async () => {
    const values = [
      { measure: "segmentation/ade20k/mean-iuo", value: 0.3 },
      { measure: "segmentation/ade20k/mean-iou", value: 31 },
      { measure: "segmentation/ade20k/mean-iou", value: 0.3 },
    ];
    const { faults } = await submit(makeSubmission({ values }), { idempotencyKey: "bad" });
    expect(faults.map(({ place }: { place: string }) => place)).toEqual([
      "/values/2/measure",
      "/values/0/measure",
      "/values/1/value",
    ]);
    expect(faults[1].nearest).toContain("segmentation/ade20k/mean-iou");
  });

  it("a fraction where a percentage is meant is warned of", async () => {
    const values = [{ measure: "segmentation/ade20k/pixel-accuracy", value: 0.752 }];
    const answer = await submit(makeSubmission({ values }), { dryRun: true });
    expect(answer.warnings).toEqual([
      {
        place: "/values/0/value",
        severity: "WARNING",
        message: expect.stringMatching(/looks like a fraction.*75\.2/),
      },
    ]);
  });

  it("a CSV names row and column", async () => {
    const csv = `method,name,family,source,measure,value,lower,upper
csv-made,CSV Made,OTHER,a paper,segmentation/ade20k/mean-iou,NaN,,
,,,,segmentation/ade20k/pixel-acuracy,75.2,,
,,,,segmentation/ade20k/pixel-accuracy,75.2,76,77
`;
    const { faults } = await submit(csv, { format: "CSV", idempotencyKey: "csv" });
    expect(faults).toEqual([
      expect.objectContaining({ place: "row 2, column value", message: "'NaN' is not a finite number." }),
      expect.objectContaining({ place: "row 2, column value" }),
      expect.objectContaining({ place: "row 3, column measure" }),
      expect.objectContaining({ place: "row 4, interval" }),
    ]);
  });
});

describe("every format says the same", () => {
  const card = `---
license: mit
model-index:
  - name: made-up
    results:
      - task: { type: image-segmentation, name: segmentation }
        dataset: { type: ade20k, name: ADE20K }
        source: { url: https://example.org/again }
        metrics:
          - { type: mean-iou, value: 0.31 }
          - { type: pixel, name: segmentation/ade20k/pixel-accuracy, value: 75.2 }
---
# Made Up`;
  const folder = JSON.stringify({
    "model_meta.json": { name: "Made Up", reference: "https://example.org/again" },
    "iou.json": { task_name: "segmentation/ade20k/mean-iou", scores: { test: [{ main_score: 0.31 }] } },
    "pixels.json": {
      task_name: "segmentation/ade20k/pixel-accuracy",
      scores: { test: [{ main_score: 0.752 }] },
    },
  });
  const csv = `\uFEFFmethod,source,measure,value
made-up,https://example.org/again,segmentation/ade20k/mean-iou,0.31
made-up,https://example.org/again,segmentation/ade20k/pixel-accuracy,75.2`;

  it.each([
    ["MODEL_INDEX", card],
    ["MTEB", folder],
    ["CSV", csv],
  ])("%s", async (format, content) => {
    const answer = await submit(content, { format, idempotencyKey: `format-${format}` });
    expect(answer).toMatchObject({ __typename: "SubmitResultsPayload", warnings: [] });
    const row = await api.database.client.submission.findFirstOrThrow({
      where: { idempotencyKey: `format-${format}` },
    });
    const body = row.body as { method: { slug: string }; values: { measure: string; value: number }[] };
    expect(body.method.slug).toBe("made-up");
    expect(body.values.map(({ measure, value }) => [measure, value])).toEqual([
      ["segmentation/ade20k/mean-iou", 0.31],
      ["segmentation/ade20k/pixel-accuracy", 75.2],
    ]);
  });
});

describe("POST /submissions", () => {
  const post = (body: string, headers: Record<string, string>, query = "") =>
    fetch(`${api.url}/submissions${query}`, { method: "POST", body, headers });

  it("takes a file, once a key", async () => {
    const headers = {
      authorization: `Bearer ${submitter}`,
      "content-type": "application/json",
      "idempotency-key": "upload",
    };
    const body = JSON.stringify(makeSubmission());
    expect((await post(body, headers)).status).toBe(201);
    const again = await post(body, headers);
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({
      submission: { status: "PENDING" },
      changes: expect.any(Array),
    });
  });

  it("refuses without a token, a key, a known type, or with faults", async () => {
    const body = JSON.stringify(makeSubmission());
    const known = { authorization: `Bearer ${submitter}`, "content-type": "application/json" };
    expect((await post(body, { "content-type": "application/json" })).status).toBe(401);
    expect((await post(body, known)).status).toBe(400);
    expect((await post(body, { ...known, "content-type": "image/png" }, "?dryRun=true")).status).toBe(400);
    const faulty = await post("{}", known, "?dryRun=true");
    expect(faulty.status).toBe(422);
    expect(await faulty.json()).toMatchObject({ errors: [{ extensions: { faults: expect.any(Array) } }] });
    expect((await post("x".repeat(5_000_001), known, "?dryRun=true")).status).toBe(413);
  });

  it("publishes its JSON Schema", async () => {
    const schema = await (await fetch(`${api.url}/submissions/schema.json`)).json();
    expect(schema).toMatchObject({
      title: "transferboard submission",
      required: ["method", "source", "values"],
    });
  });
});
