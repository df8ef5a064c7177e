/** What is asked of our workers is something that they can do, or the answer says why not. */
import { openQueue } from "@transferboard/prisma";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";

let api: Api;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await makeToken(api, "asks", ["SUBMIT"]);
});
afterAll(() => api.stop());

const ask = (on: string) =>
  api.ask(
    `mutation { requestEvaluation(input: { checkpoint: "${"3".repeat(64)}", method: "swav", ${on} })
      { ... on RequestEvaluationPayload { evaluation { id state } } } }`,
    { token },
  );

describe("refuses, before anything is queued,", () => {
  it.each([
    [
      "a measure that no evaluation gives",
      'measure: "imagenet/imagenet/top1"',
      "No evaluation gives the measure imagenet/imagenet/top1.",
    ],
    [
      "an option that the evaluation does not have",
      'measure: "few-shot-5/pets/accuracy", options: [{ name: "grid", value: "0.1" }]',
      "--grid is of many-shot-finetune",
    ],
    [
      "a value that the option does not take",
      'suite: "many-shot-finetune", options: [{ name: "steps", value: "many" }]',
      "--steps must be a whole number from 1 up, not 'many'.",
    ],
    [
      "a file of the asker's machine",
      'measure: "few-shot-5/pets/accuracy", options: [{ name: "episodes", value: "/etc/passwd" }]',
      "--episodes names a file of one machine: it cannot be asked for from afar.",
    ],
    [
      "an option given twice",
      'suite: "many-shot-finetune", options: [{ name: "steps", value: "8" }, { name: "steps", value: "9" }]',
      "An option is given twice.",
    ],
  ])("%s", async (_, on, sentence) => {
    const body = await ask(on);
    expect(body.data?.requestEvaluation ?? null).toBeNull();
    expect(body.errors?.[0]?.message).toContain(sentence);
  });
});

const CANCEL = `mutation ($id: ID!) { cancelEvaluation(input: { id: $id }) { __typename ... on Conflict { message }
  ... on CancelEvaluationPayload { evaluation { id state } } } }`;
const PLAN = `query ($id: ID!) { evaluation(id: $id) { state
  plan { done jobs { id kind title state worker attempts startedAt progress secondsLeft } } } }`;

it("divides an evaluation, and hands its own options on to the worker; a mean over datasets is asked for like any measure", async () => {
  const body = await ask(
    'measure: "calibration-finetune/kornblith/ece", options: [{ name: "steps", value: "8" }, { name: "batch", value: "16" }]',
  );
  expect(body.errors).toBeUndefined();
  const queue = openQueue(api.database.appUrl);
  try {
    expect((await queue.take("ada's machine"))?.data).toMatchObject({
      request: {
        target: { measure: "calibration-finetune/kornblith/ece" },
        options: { steps: "8", batch: "16" },
      },
      work: { kind: "PART", setting: "many-shot-finetune", part: 0 },
    });
    const { id } = body.data!.requestEvaluation.evaluation;
    const { state, plan } = (await api.read(PLAN, { variables: { id } })).evaluation;
    expect(state).toBe("RUNNING");
    // The paper's 40 configurations, the selection and refit for each dataset, and what closes it.
    expect(plan.jobs).toHaveLength(10 * 41 + 1);
    expect(plan.jobs[0]).toMatchObject({ kind: "PART", state: "RUNNING", worker: "ada's machine" });
    expect(plan.jobs[1]).toMatchObject({ kind: "PART", state: "QUEUED", worker: null, startedAt: null });
    expect(plan.jobs[40]).toMatchObject({ kind: "DATASET", state: "WAITING", attempts: 0 });
    expect(plan.jobs.at(-1)).toMatchObject({ id, kind: "CLOSING", state: "WAITING" });
    await api.read(CANCEL, { token, variables: { id } });
    const cancelled = (await api.read(PLAN, { variables: { id } })).evaluation;
    expect(new Set(cancelled.plan.jobs.map((job: { state: string }) => job.state))).toEqual(
      new Set(["CANCELLED"]),
    );
    expect(await queue.take()).toBeNull();
  } finally {
    await queue.close();
  }
});

describe("a request", () => {
  const REQUEST = `mutation ($seed: Int!) { requestEvaluation(input: { checkpoint: "${"4".repeat(64)}", method: "swav",
    measure: "few-shot-5/pets/accuracy", seed: $seed }) { __typename ... on Conflict { message }
    ... on RequestEvaluationPayload { evaluation { id state } } } }`;
  const request = async (by: string, seed: number) =>
    (await api.read(REQUEST, { token: by, variables: { seed } })).requestEvaluation;
  const cancel = async (by: string, id: string) =>
    (await api.read(CANCEL, { token: by, variables: { id } })).cancelEvaluation;

  it("that is made twice is one, with one event in the log", async () => {
    const twice = await Promise.all([request(token, 1), request(token, 1)]);
    const ids = new Set(twice.map(({ evaluation }) => evaluation.id));
    expect(ids.size).toBe(1);
    const subject = `evaluation/${[...ids][0]}`;
    expect(await api.database.client.auditEvent.count({ where: { subject } })).toBe(1);
  });

  it("may be one of ten under way; a cancelled one makes room, and may be asked for again", async () => {
    const eager = await makeToken(api, "eager", ["SUBMIT"]);
    const made = [];
    for (let seed = 100; seed < 110; seed++) made.push((await request(eager, seed)).evaluation.id);
    expect(await request(eager, 110)).toEqual({
      __typename: "Conflict",
      message:
        "This token has 10 evaluations waiting or running, as many as it may: wait for one to end, or cancel one.",
    });
    expect((await request(token, 110)).__typename).toBe("RequestEvaluationPayload");
    expect(await cancel(eager, made[0])).toMatchObject({ evaluation: { id: made[0], state: "CANCELLED" } });
    expect(await cancel(eager, made[0])).toMatchObject({ evaluation: { state: "CANCELLED" } });
    const again = (await request(eager, 100)).evaluation;
    expect(again.state).toBe("QUEUED");
    expect(again.id).not.toBe(made[0]);
  });

  it("is cancelled by whoever made it or an administrator, and not when it has ended", async () => {
    const { id } = (await request(token, 200)).evaluation;
    const other = await makeToken(api, "other", ["SUBMIT"]);
    expect((await cancel(other, id)).__typename).toBe("NotAuthorized");
    const queue = openQueue(api.database.appUrl);
    try {
      for (let claim = await queue.take(); claim; claim = await queue.take()) {
        await claim.end({ state: "DONE", runs: [], notes: [] });
      }
    } finally {
      await queue.close();
    }
    expect(await cancel(token, id)).toMatchObject({
      __typename: "Conflict",
      message: "This evaluation has ended: there is nothing to cancel.",
    });
    const admin = await makeToken(api, "chief", ["ADMIN"]);
    const second = (await request(token, 201)).evaluation.id;
    expect(await cancel(admin, second)).toMatchObject({ evaluation: { state: "CANCELLED" } });
  });
});
