/** A divided evaluation by the queue alone: jobs wait for what they depend on, and late workers change nothing. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import type { Claim } from "./attempts.ts";
import type { EvaluationOutcome, EvaluationRequest } from "./payload.ts";
import type { PlannedJob } from "./plan.ts";
import { type EvaluationQueue, openQueue } from "./queue.ts";

const request: EvaluationRequest = {
  checkpoint: "b".repeat(64),
  method: "swav",
  target: { suite: "many-shot-finetune" },
  mode: "converged",
  preprocessing: "imagenet-shorter-224",
  seed: 0,
  requestedById: 1,
};
const on = { setting: "many-shot-finetune", dataset: "pets" };
const jobs: PlannedJob[] = [
  { work: { kind: "PART", ...on, part: 0 }, title: "first", after: [] },
  { work: { kind: "PART", ...on, part: 1 }, title: "second", after: [] },
  { work: { kind: "DATASET", ...on }, title: "both", after: [0, 1] },
];
const done = (result?: unknown): EvaluationOutcome => ({ state: "DONE", runs: [], notes: [], result });

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

const divide = (seed: number) =>
  database.client.$transaction((tx) => queue.divide({ ...request, seed }, jobs, tx));
const states = async (id: string) => (await queue.plan(id)).map(({ state }) => state).join(" ");
const take = async (worker: string): Promise<Claim> => (await queue.take(worker))!;

it("gives each job to one worker when what it waits for has ended, and hands on what was found", async () => {
  const id = await divide(1);
  expect(await states(id)).toBe("QUEUED QUEUED WAITING WAITING");
  expect(await queue.find(id)).toMatchObject({ state: "QUEUED", request: { seed: 1 } });
  const [a, b] = [await take("ada"), await take("bob")];
  expect(await queue.take("carol")).toBeNull();
  expect(await queue.find(id)).toMatchObject({ state: "RUNNING", startedAt: expect.any(Date) });
  expect(await queue.find(a.id)).toBeNull();
  expect(await a.beat({ what: "training", done: 1, total: 4, secondsLeft: 9 })).toBe("held");
  expect((await queue.plan(id))[0]).toMatchObject({
    ...{ title: "first", kind: "PART", state: "RUNNING", worker: "ada" },
    progress: { what: "training", done: 1, total: 4, secondsLeft: 9 },
  });
  expect(await b.end(done({ validation: 0.1 + 0.2 }))).toBe(true);
  expect(await states(id)).toBe("RUNNING DONE WAITING WAITING");
  expect(await queue.take("carol")).toBeNull();
  expect(await a.end(done({ validation: 1e-300 }))).toBe(true);
  const both = await take("carol");
  expect(await both.found()).toMatchObject([
    { title: "first", work: { part: 0 }, worker: "ada", outcome: { result: { validation: 1e-300 } } },
    { title: "second", work: { part: 1 }, worker: "bob", outcome: { result: { validation: 0.1 + 0.2 } } },
  ]);
  await both.end(done());
  const closing = await take("dan");
  expect(closing.id).toBe(id);
  expect(await closing.found()).toMatchObject([{ title: "both", worker: "carol" }]);
  await closing.end(done());
  expect(await states(id)).toBe("DONE DONE DONE DONE");
  expect(await queue.find(id)).toMatchObject({ state: "DONE" });
});

it("hears nothing of a worker whose job another has taken up, and remembers both", async () => {
  const id = await divide(2);
  const late = await take("late");
  await late.beat({ what: "half" });
  // What a supervising worker does to a silent one's job.
  await late.giveBack("stopped");
  // What was given back comes after what has not been begun.
  const second = await take("x");
  const next = await take("next");
  expect(next).toMatchObject({ id: late.id, attempt: 2 });
  expect((await queue.plan(id))[0]).toMatchObject({ progress: null });
  expect(await late.beat({ what: "lies" })).toBe("lost");
  expect(await late.end(done({ validation: 99 }))).toBe(false);
  await next.end(done({ validation: 1 }));
  const [first] = await queue.plan(id);
  expect(first).toMatchObject({ state: "DONE", worker: "next" });
  expect(first!.taken.map(({ attempt, worker }) => [attempt, worker])).toEqual([
    [1, "late"],
    [2, "next"],
  ]);
  await second.end(done());
  const both = await take("x");
  expect((await both.found())[0]!.outcome).toMatchObject({ result: { validation: 1 } });
  await both.end({ state: "FAILED", reason: "the dataset is missing", runs: [], notes: [] });
  const closing = await take("x");
  expect((await closing.found())[0]!.outcome).toMatchObject({ state: "FAILED" });
  await closing.end(done());
});

it("is cancelled with all its jobs, and rolled back with its transaction", async () => {
  const id = await divide(3);
  const running = await take("ada");
  expect(await database.client.$transaction((tx) => queue.cancel(id, tx))).toBe(true);
  expect(await states(id)).toBe("CANCELLED CANCELLED CANCELLED CANCELLED");
  expect(await running.beat()).toBe("cancelled");
  expect(await queue.take()).toBeNull();
  const broken = database.client.$transaction(async (tx) => {
    await queue.divide({ ...request, seed: 4 }, jobs, tx);
    throw new Error("rolled back");
  });
  await expect(broken).rejects.toThrow("rolled back");
  expect(await queue.take()).toBeNull();
  expect(await database.client.evaluationJob.count({ where: { evaluationId: id } })).toBe(4);
});

it("lets nobody wait for a job that was given up: it fails, and those that wait hear why", async () => {
  const id = await divide(5);
  const other = await take("ada");
  for (let attempt = 1; attempt <= 11; attempt++) await (await take("unlucky")).giveBack("out of memory");
  await other.end(done());
  // Nothing waits at this look; the job that was given up ends by it.
  expect(await queue.take()).toBeNull();
  const both = await take("bob");
  expect((await both.found()).map(({ outcome }) => outcome.state).sort()).toEqual(["DONE", "FAILED"]);
  expect((await queue.plan(id)).find(({ state }) => state === "FAILED")?.reason).toBe(
    "Given up after 11 attempts; the last: out of memory.",
  );
});
