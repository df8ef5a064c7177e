/** The queue by itself: what is sent is taken once, ends as it was told, and obeys only whoever holds it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/index.ts";
import { type Attempt, LeaseLost } from "./attempts.ts";
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
    expect(await claims[0]!.beat()).toBe("held");
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
  expect(await first.beat()).toBe("lost");
  expect(await first.end(done)).toBe(false);
  expect(await queue.find(id)).toMatchObject({ state: "RUNNING" });
  expect(await second.end(done)).toBe(true);
  expect(await queue.find(id)).toMatchObject({ state: "DONE" });
});

it("writes nothing for an attempt that is over, and keeps what its worker told of how far it is", async () => {
  const id = await queue.send(request);
  const stale = (await queue.take())!;
  const progress = { what: "Digits: features", done: 3, total: 9, secondsLeft: 12 };
  expect(await stale.beat(progress)).toBe("held");
  expect(await stale.beat()).toBe("held");
  expect((await queue.find(id))!.progress).toEqual(progress);
  const held = (ending: boolean, { hold }: Attempt = stale) =>
    database.client.$transaction((tx) => hold(tx, ending));
  await held(false);
  await stale.giveBack("silent");
  expect((await queue.find(id))!.progress).toBeNull();
  await expect(held(true)).rejects.toThrow(LeaseLost);
  const next = (await queue.take())!;
  await expect(held(false)).rejects.toThrow("given to another worker");
  // The same attempt, known by its number alone.
  const same = (await queue.attempt(id, next.attempt))!;
  await held(false, same);
  await database.client.$transaction((tx) => queue.cancel(id, tx));
  await expect(held(false, same)).rejects.toThrow(LeaseLost);
  await held(true, same);
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

it("takes the same request of an account once, until it fails or is cancelled", async () => {
  const asked = { ...request, requestedById: 7, seed: 5 };
  const ask = (change: Partial<EvaluationRequest> = {}) =>
    database.client.$transaction((tx) => queue.ask({ ...asked, ...change }, 3, tx));
  const together = await Promise.all([ask(), ask(), ask({ tokenId: crypto.randomUUID() })]);
  const [first] = together;
  expect(together.filter((one) => one?.isNew)).toHaveLength(1);
  expect(new Set(together.map((one) => one?.id)).size).toBe(1);
  expect((await ask({ requestedById: 8 }))?.isNew).toBe(true);
  expect((await ask({ seed: 6 }))?.isNew).toBe(true);
  const claim = (await queue.take())!;
  expect(claim.id).toBe(first!.id);
  expect(await ask()).toEqual({ id: first!.id, isNew: false });
  await claim.end({ state: "FAILED", reason: "the dataset is missing", runs: [], notes: [] });
  const again = await ask();
  expect(again).toMatchObject({ isNew: true });
  expect(await database.client.$transaction((tx) => queue.cancel(again!.id, tx))).toBe(true);
  expect((await ask())?.isNew).toBe(true);
});

it("lets a token have so many requests under way, and no more", async () => {
  const tokenId = crypto.randomUUID();
  const ask = (seed: number) =>
    database.client.$transaction((tx) => queue.ask({ ...request, requestedById: 9, seed, tokenId }, 2, tx));
  expect([(await ask(1))?.isNew, (await ask(2))?.isNew]).toEqual([true, true]);
  expect(await ask(3)).toBeNull();
  expect((await ask(2))?.isNew).toBe(false);
  await database.client.$transaction(async (tx) =>
    queue.cancel((await queue.ask({ ...request, requestedById: 9, seed: 1, tokenId }, 2, tx))!.id, tx),
  );
  expect((await ask(3))?.isNew).toBe(true);
});

it("tells a worker that its job was cancelled, and nobody takes it again", async () => {
  const id = await queue.send({ ...request, seed: 77 });
  let claim = await queue.take();
  while (claim && claim.id !== id) claim = await queue.take();
  expect(await database.client.$transaction((tx) => queue.cancel(id, tx))).toBe(true);
  expect(await claim!.beat()).toBe("cancelled");
  expect(await claim!.giveBack("stopped")).toBe(false);
  expect(await queue.find(id)).toMatchObject({ state: "CANCELLED" });
  expect(await database.client.$transaction((tx) => queue.cancel(id, tx))).toBe(false);
});

it("notices within 15 s that a worker fell silent, while other jobs wait", async () => {
  const ids: string[] = [];
  for (let seed = 300; seed < 304; seed++) ids.push(await queue.send({ ...request, seed }));
  const dead = openQueue(database.appUrl);
  let claim = await dead.take();
  while (claim && claim.id !== ids[0]) claim = await dead.take();
  const began = performance.now();
  await dead.close();
  const watching = openQueue(database.appUrl, { supervise: true });
  try {
    await watching.find(ids[0]!);
    while ((await queue.find(ids[0]!))!.state === "RUNNING" && performance.now() - began < 20_000) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await queue.find(ids[0]!)).toMatchObject({
      state: "QUEUED",
      reason: "The last attempt ended early: its worker died. It waits for another.",
    });
    // It is older than those that wait: a free worker takes it before them.
    let next = await watching.take();
    while (next && !ids.includes(next.id)) next = await watching.take();
    expect(next?.id).toBe(ids[0]);
  } finally {
    await watching.close();
  }
});

it("refuses a request that is none", async () => {
  await expect(queue.send({ ...request, checkpoint: "A" })).rejects.toThrow("64 small hexadecimal digits");
});
