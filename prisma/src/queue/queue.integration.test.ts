/** The queue by itself: what is sent is taken once, ends as it was told, and obeys only whoever holds it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import type { EvaluationOutcome, EvaluationRequest } from "./payload.ts";
import { type EvaluationQueue, openQueue } from "./queue.ts";

const request: EvaluationRequest = {
  checkpoint: "a".repeat(64),
  method: "swav",
  target: { suite: "many-shot-linear" },
  mode: "converged",
  preprocessing: "imagenet-shorter-224",
  seed: 0,
  requestedById: 1,
};

let database: TestDatabase;
let queue: EvaluationQueue;
beforeAll(async () => {
  database = await testDatabase({ from: "empty" });
  queue = openQueue(database.appUrl);
});
afterAll(async () => {
  await queue.close();
  await database.drop();
});

it("gives a request to one worker, and keeps how it ended", async () => {
  const id = await queue.send(request);
  expect(await queue.find(id)).toMatchObject({ state: "QUEUED", request, attempts: 0, startedAt: null });
  const other = openQueue(database.appUrl);
  try {
    const claims = (await Promise.all([queue.take(), other.take(), queue.take()])).filter((c) => c !== null);
    expect(claims).toMatchObject([{ id, attempt: 1, data: request }]);
    expect(await queue.find(id)).toMatchObject({ state: "RUNNING", attempts: 1 });
    expect(await claims[0]!.beat()).toBe(true);
    const reason = "the dataset is missing";
    expect(await claims[0]!.end({ state: "FAILED", reason, runs: [], notes: [] })).toBe(true);
    expect(await queue.find(id)).toMatchObject({ state: "FAILED", reason, finishedAt: expect.any(Date) });
  } finally {
    await other.close();
  }
});

it("is deaf to a worker that gave its job back", async () => {
  const id = await queue.send(request);
  const first = (await queue.take())!;
  expect(await first.giveBack("stopped")).toBe(true);
  expect(await queue.find(id)).toMatchObject({
    state: "QUEUED",
    attempts: 1,
    reason: "The last attempt ended early: stopped. It waits for another.",
  });
  const second = (await queue.take())!;
  expect(second).toMatchObject({ id, attempt: 2 });
  const done: EvaluationOutcome = { state: "DONE", runs: [], notes: [] };
  expect(await first.beat()).toBe(false);
  expect(await first.end(done)).toBe(false);
  expect(await queue.find(id)).toMatchObject({ state: "RUNNING" });
  expect(await second.end(done)).toBe(true);
  expect(await queue.find(id)).toMatchObject({ state: "DONE" });
});

it("holds a request back until its transaction commits, and forgets it where that fails", async () => {
  let id = "";
  const broken = database.client.$transaction(async (tx) => {
    id = await queue.send(request, tx);
    expect(await queue.take()).toBeNull();
    throw new Error("rolled back");
  });
  await expect(broken).rejects.toThrow("rolled back");
  expect(await queue.find(id)).toBeNull();
});

it("refuses a request that is none", async () => {
  await expect(queue.send({ ...request, checkpoint: "A" })).rejects.toThrow("64 small hexadecimal digits");
});
