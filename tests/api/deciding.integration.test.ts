/** What a reviewer sees before deciding: what a pending submission would change, and what may be wrong with it now. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, makeSubmission, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
let submitter: string;
let reviewer: string;
beforeAll(async () => {
  api = await startApi();
  submitter = await makeToken(api, "ada", ["SUBMIT", "READ"]);
  reviewer = await makeToken(api, "rosa", ["REVIEW", "READ"]);
});
afterAll(() => api.stop());

const LOOK = `query ($id: ID!) { submission(id: $id) { status warnings { place message severity }
  changes { suite { slug } method before after } } }`;

let keys = 0;
async function offer(body: object) {
  const input = inputOf(body, { idempotencyKey: `key-${keys++}` });
  return (await api.read(SUBMIT, { variables: { input }, token: submitter })).submitResults;
}

const look = async (id: string, token = reviewer) =>
  (await api.read(LOOK, { variables: { id }, token })).submission;

async function decide(id: string, verdict: "ACCEPT" | "REJECT") {
  const variables = { id, verdict, reason: "Read against the paper." };
  return (await api.read(REVIEW, { variables, token: reviewer })).reviewSubmission;
}

const valued = (value: number) => ({ values: [{ measure: "segmentation/ade20k/pixel-accuracy", value }] });

describe("a pending submission", () => {
  it("shows a reviewer who may not submit what its dry run showed its submitter", async () => {
    const values = [
      { measure: "segmentation/ade20k/mean-iou", value: 0.31 },
      { measure: "segmentation/ade20k/pixel-accuracy", value: 0.752 },
    ];
    const { submission, warnings, changes } = await offer(makeSubmission({ values }));
    expect(warnings).toHaveLength(1);
    const seen = await look(submission.id);
    expect(seen.status).toBe("PENDING");
    expect(seen.warnings).toEqual(warnings);
    expect(seen.warnings[0]).toMatchObject({ place: "/values/1/value", severity: "WARNING" });
    expect(
      seen.changes.map(({ method, ...change }: { method: string }) => {
        expect(method).toBe("made-up");
        return change;
      }),
    ).toEqual(changes);
    expect(seen.changes).toContainEqual({
      suite: { slug: "segmentation" },
      method: "made-up",
      before: null,
      after: 1,
    });
    expect(await look(submission.id, submitter)).toEqual(seen);
  });

  it("shows nobody else anything", async () => {
    const { submission } = await offer(makeSubmission());
    const stranger = await makeToken(api, "eve", ["READ", "SUBMIT"]);
    for (const token of [stranger, undefined]) {
      const { data, errors } = await api.ask(LOOK, {
        variables: { id: submission.id },
        ...(token && { token }),
      });
      expect(data?.submission ?? null).toBeNull();
      expect(errors).toHaveLength(1);
    }
    const NODE = `query ($id: ID!) { node(id: $id) { ... on Submission { changes { after } warnings { message } } } }`;
    const { data, errors } = await api.ask(NODE, { variables: { id: submission.id }, token: stranger });
    expect(data.node).toEqual({ changes: null, warnings: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_AUTHORIZED", "NOT_AUTHORIZED"]);
  });

  it("is held against the ledger as it is now, not as it was when it came", async () => {
    const first = (await offer(makeSubmission({ source: "first" }))).submission.id;
    const second = (await offer(makeSubmission({ source: "second" }))).submission.id;
    expect((await look(second)).changes).toContainEqual(
      expect.objectContaining({ suite: { slug: "segmentation" }, before: null, after: 1 }),
    );
    await decide(first, "ACCEPT");
    expect((await look(second)).changes).toContainEqual(
      expect.objectContaining({ suite: { slug: "segmentation" }, before: 1, after: 1 }),
    );
    // Two corrections of one entry: once one is accepted, the other cannot be.
    const { results } = await api.read(
      '{ results(filter: { methods: ["made-up"], measures: ["segmentation/ade20k/pixel-accuracy"] }, first: 1) { nodes { position } } }',
    );
    const corrects = results.nodes[0].position;
    const correction = (value: number) => {
      const [one] = valued(value).values;
      return makeSubmission({ source: `corrected to ${value}`, values: [{ ...one, corrects }] });
    };
    const [one, other] = [
      (await offer(correction(75.3))).submission.id,
      (await offer(correction(75.4))).submission.id,
    ];
    expect((await look(other)).warnings).toEqual([]);
    await decide(one, "ACCEPT");
    expect((await look(other)).warnings).toEqual([
      {
        place: "/values/0/corrects",
        message: `${corrects} cannot be corrected by this value.`,
        severity: "ERROR",
      },
    ]);
    expect((await decide(other, "ACCEPT")).__typename).toBe("Conflict");
  });

  it("has neither once it is decided", async () => {
    const { submission } = await offer(makeSubmission(valued(60)));
    await decide(submission.id, "REJECT");
    expect(await look(submission.id)).toEqual({ status: "REJECTED", warnings: null, changes: null });
  });
});

describe("values that the ledger has already", () => {
  const METHOD = { slug: "twice", name: "Twice", family: "OTHER" };
  const iou = { measure: "segmentation/ade20k/mean-iou", value: 0.2 };
  const pixels = { measure: "segmentation/ade20k/pixel-accuracy", value: 70 };
  const body = (values: object[], more: object = {}) =>
    makeSubmission({ method: METHOD, source: "table 1", values, ...more });
  const recorded = async () => {
    const rows = await api.database.client.result.findMany({
      where: { method: { slug: METHOD.slug } },
      include: { measure: true },
      orderBy: { id: "asc" },
    });
    return rows.map(({ measure, value }) => `${measure.metricSlug} ${value}`);
  };
  const messages = (warnings: { message: string }[]) => warnings.map(({ message }) => message);

  it("are warned of, and accepted once: what is new beside them is recorded", async () => {
    // Two offers of the same, each before the other is accepted.
    const [first, second] = [await offer(body([iou])), await offer(body([iou]))];
    expect(second.submission.id).not.toBe(first.submission.id);
    expect(await decide(first.submission.id, "ACCEPT")).toMatchObject({ __typename: "SubmissionPayload" });
    expect(messages((await look(second.submission.id)).warnings)).toEqual([
      expect.stringMatching(
        /^The ledger has this value of 'twice' already, from the same source, at position/,
      ),
    ]);
    expect(await decide(second.submission.id, "ACCEPT")).toMatchObject({
      __typename: "Conflict",
      message: expect.stringMatching(/Every value of this submission is in the ledger already/),
    });
    const third = await offer(body([iou, pixels]));
    expect(messages(third.warnings)).toHaveLength(1);
    await decide(third.submission.id, "ACCEPT");
    expect(await recorded()).toEqual(["mean-iou 0.2", "pixel-accuracy 70"]);
  });

  it("are others where the value, the source or the weights differ; of other weights a reviewer hears", async () => {
    const before = (await recorded()).length;
    const weights = { checkpoint: { name: "other.pth", sha256: "c".repeat(64) } };
    for (const [other, heard] of [
      [body([{ ...iou, value: 0.21 }]), 0],
      [body([iou], { source: "table 2" }), 0],
      [body([iou], weights), 1],
    ] as const) {
      const { submission, warnings } = await offer(other);
      expect(messages(warnings)).toHaveLength(heard);
      expect(await decide(submission.id, "ACCEPT")).toMatchObject({ __typename: "SubmissionPayload" });
    }
    expect((await recorded()).length).toBe(before + 3);
  });
});
