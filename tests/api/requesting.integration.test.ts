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

it("hands an evaluation's own options on to the worker; a mean over datasets is asked for like any measure", async () => {
  const body = await ask(
    'measure: "calibration-finetune/kornblith/ece", options: [{ name: "steps", value: "8" }, { name: "batch", value: "16" }]',
  );
  expect(body.errors).toBeUndefined();
  const queue = openQueue(api.database.appUrl);
  try {
    expect((await queue.take())?.data).toMatchObject({
      target: { measure: "calibration-finetune/kornblith/ece" },
      options: { steps: "8", batch: "16" },
    });
  } finally {
    await queue.close();
  }
});
