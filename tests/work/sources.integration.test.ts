/**
 * The ways by which a worker reaches the queue and the record, by one set of tests: the database itself, and the API over
 * HTTP. Both give a job to one worker, and are deaf to one that comes back when the job is another's.
 */
import { databaseSource, httpSource, type JobSource } from "@transferboard/eval-core/jobs";
import { type EvaluationOutcome, type EvaluationQueue, openQueue } from "@transferboard/prisma";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { hash, makeFound, makeRequest } from "./evaluations.ts";

let api: Api;
let queue: EvaluationQueue;
let token = "";
let requestedById = 0;
let anotherId = 0;
beforeAll(async () => {
  api = await startApi();
  queue = openQueue(api.database.appUrl);
  token = await makeToken(api, "cluster", ["WORK"]);
  requestedById = (await api.database.client.account.create({ data: { name: "ada" } })).id;
  anotherId = (await api.database.client.account.create({ data: { name: "grace" } })).id;
});
afterAll(async () => {
  await queue.close();
  await api.stop();
});

const SOURCES: Readonly<Record<string, () => JobSource>> = {
  "the database": () => databaseSource(queue, api.database.client, { worker: "node 7" }),
  "the API": () => httpSource({ server: api.url, token, waitSeconds: 0, firstWaitMs: 20, worker: "node 7" }),
};
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const DONE: EvaluationOutcome = { state: "DONE", runs: [], notes: [] };

describe.each(Object.keys(SOURCES))("by %s", (name) => {
  const source = () => SOURCES[name]!();
  const ask = async () => {
    const request = makeRequest({ requestedById });
    return { request, id: await queue.send(request) };
  };
  const runs = (identity: string) => api.database.client.run.findMany({ where: { identity } });

  it("gives a job to one of many, and keeps how far it is and how it ended", async () => {
    expect(await source().lease()).toBeNull();
    const { request, id } = await ask();
    const leases = (await Promise.all([1, 2, 3].map(() => source().lease()))).filter((one) => one !== null);
    expect(leases).toMatchObject([{ id, attempt: 1, data: request }]);
    const [lease] = leases;
    const progress = { what: "Digits: features", done: 3, total: 9, secondsLeft: 12.5 };
    expect(await lease!.beat(progress)).toBe("held");
    expect(await lease!.beat()).toBe("held");
    expect((await queue.find(id))!.progress).toEqual(progress);
    const failed: EvaluationOutcome = {
      state: "FAILED",
      reason: "the dataset is missing",
      runs: [],
      notes: [],
    };
    expect(await lease!.finish(failed)).toBe(true);
    // Said twice, because the first answer was lost, it is as true as before; anything else comes too late.
    expect(await lease!.finish(failed)).toBe(true);
    expect(await lease!.finish(DONE)).toBe(false);
    expect(await queue.find(id)).toMatchObject({ state: "FAILED", reason: "the dataset is missing" });
  });

  it("reads and writes the record", async () => {
    const { request, id } = await ask();
    const lease = (await source().lease())!;
    const found = makeFound(request);
    const { identity } = found.run;
    expect(await lease.store.recorded(identity)).toBeUndefined();
    expect(await lease.store.refusalOf(found)).toBeUndefined();
    const strange = { ...found, protocol: { ...found.protocol, setting: "no-such", fingerprint: hash() } };
    expect(await lease.store.refusalOf(strange)).toContain("'no-such' is not a setting");
    const runId = await lease.store.begin(found);
    expect(await lease.store.begin(found)).toBe(runId);
    await lease.store.fail(runId, "the disk is full");
    expect(await runs(identity)).toMatchObject([{ id: runId, state: "FAILED", failure: "the disk is full" }]);
    await lease.store.begin(found);
    const beside = {
      ...{ identity: hash(), record: { of: identity } },
      protocol: { ...found.protocol, fingerprint: "e".repeat(64) },
      results: [{ ...found.results[0]!, measure: "many-shot-linear/digits/ece", value: 3, interval: null }],
    };
    await lease.store.record(found, [beside]);
    await lease.store.record(found, [beside]);
    expect(await runs(identity)).toMatchObject([
      { state: "DONE", requestedById, startedAt: new Date("2026-01-01T00:00:00Z") },
    ]);
    expect((await lease.store.recorded(identity))!.map(({ value }) => value)).toEqual([87.5, 3]);
    expect(await lease.store.runIds([identity, hash()])).toEqual([runId]);
    expect(
      (await lease.store.published("many-shot-linear/pets/mean-per-class-accuracy")).get("swav"),
    ).toBeGreaterThan(80);
    await expect(lease.store.fail(runId, "too late")).rejects.toThrow(`no run ${runId} under way`);
    expect(await lease.finish({ ...DONE, runs: [runId] })).toBe(true);
    expect(await queue.find(id)).toMatchObject({ state: "DONE", runs: [runId] });
  });

  it("is deaf to a worker that was silent and comes back", async () => {
    const { request, id } = await ask();
    const silent = (await source().lease())!;
    const found = makeFound(request);
    const runId = await silent.store.begin(found);
    // Its silence was noticed: the job goes to the next.
    expect(await (await queue.attempt(id, 1))!.giveBack("silent")).toBe(true);
    expect(await silent.beat()).toBe("lost");
    const next = (await source().lease())!;
    expect(next).toMatchObject({ id, attempt: 2 });
    await next.store.begin(found);
    for (const write of [
      () => silent.store.begin(found),
      () => silent.store.fail(runId, "interrupted"),
      () => silent.store.cancel(runId),
      () => silent.store.record(found, []),
    ]) {
      await expect(write()).rejects.toMatchObject({ name: "LeaseLost" });
    }
    expect(await silent.beat({ what: "nonsense" })).toBe("lost");
    expect(await silent.giveBack("interrupted")).toBe(false);
    expect(await silent.finish(DONE)).toBe(false);
    expect(await runs(found.run.identity)).toMatchObject([{ id: runId, state: "RUNNING", failure: null }]);
    expect(await queue.find(id)).toMatchObject({ state: "RUNNING", attempts: 2, progress: null });
    await next.store.record(found, []);
    expect(await next.finish({ ...DONE, runs: [runId] })).toBe(true);
    expect(await api.database.client.result.count({ where: { runId } })).toBe(1);
  });

  it("ends a run that another's request had begun: the same evaluation is the same run", async () => {
    const { request: first } = await ask();
    const before = (await source().lease())!;
    const found = makeFound(first);
    const runId = await before.store.begin(found);
    await before.store.fail(runId, "the disk is full");
    await before.finish(DONE);
    await queue.send({ ...first, requestedById: anotherId });
    const lease = (await source().lease())!;
    expect(await lease.store.begin(found)).toBe(runId);
    await lease.store.fail(runId, "the disk is still full");
    expect(await runs(found.run.identity)).toMatchObject([{ failure: "the disk is still full" }]);
    await lease.finish(DONE);
  });

  it("begins no run of other weights", async () => {
    const { request } = await ask();
    const lease = (await source().lease())!;
    const found = makeFound(request);
    await lease.store.begin(found);
    await lease.finish(DONE);
    const { request: another } = await ask();
    const thief = (await source().lease())!;
    const stolen = { ...makeFound(another), run: found.run };
    await expect(thief.store.begin(stolen)).rejects.toThrow("is recorded as one of other weights");
    await thief.finish(DONE);
  });

  it("hands on what the jobs found that one waited for", async () => {
    const request = makeRequest({ requestedById });
    const work = { kind: "DATASET" as const, setting: "many-shot-linear", dataset: "digits" };
    const id = await api.database.client.$transaction((tx) =>
      queue.divide(request, [{ work, title: "the digits", after: [] }], tx),
    );
    const part = (await source().lease())!;
    expect(part.data).toMatchObject({ evaluation: id, work });
    expect(await part.found()).toEqual([]);
    // A job of a plan records for the request that it is of.
    const found = makeFound(request);
    await part.store.begin(found);
    await part.store.record(found, []);
    expect(await part.finish({ ...DONE, result: { kept: [1, 2] } })).toBe(true);
    const closing = (await source().lease())!;
    expect(closing.id).toBe(id);
    expect(await closing.found()).toMatchObject([
      { title: "the digits", outcome: { result: { kept: [1, 2] } }, startedAt: expect.any(Date) },
    ]);
    expect(await closing.finish(DONE)).toBe(true);
    expect((await queue.plan(id)).map(({ state, worker }) => [state, worker])).toEqual([
      ["DONE", "node 7"],
      ["DONE", "node 7"],
    ]);
  });

  it("tells of a cancelled job, and keeps of its run that it ended so", async () => {
    const { request, id } = await ask();
    const lease = (await source().lease())!;
    const found = makeFound(request);
    const runId = await lease.store.begin(found);
    await api.database.client.$transaction((tx) => queue.cancel(id, tx));
    expect(await lease.beat()).toBe("cancelled");
    await lease.store.cancel(runId);
    await expect(lease.store.record(found, [])).rejects.toMatchObject({ name: "LeaseLost" });
    expect(await runs(found.run.identity)).toMatchObject([{ state: "CANCELLED" }]);
    expect(await lease.finish(DONE)).toBe(false);
    expect(await queue.find(id)).toMatchObject({ state: "CANCELLED" });
  });
});

describe("the API alone", () => {
  const post = (path: string, body: object, authorization?: string) =>
    fetch(`${api.url}/work/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization && { authorization }) },
      body: JSON.stringify(body),
    });

  it.each([
    ["no token", undefined, "none came"],
    ["a token of another kind", ["SUBMIT", "REVIEW"] as const, "this one has SUBMIT, REVIEW"],
  ])("refuses %s", async (_, scopes, words) => {
    const secret = scopes && (await makeToken(api, "eve", scopes));
    const response = await post("leases", {}, secret && `Bearer ${secret}`);
    expect(response.status).toBe(401);
    expect(JSON.stringify(await response.json())).toContain(words);
    await expect(
      httpSource({ server: api.url, token: secret ?? "x", waitSeconds: 0 }).lease(),
    ).rejects.toMatchObject({ name: "RefusedError" });
  });

  it("lets no token speak for another's job", async () => {
    const request = makeRequest({ requestedById });
    const id = await queue.send(request);
    const lease = (await SOURCES["the API"]!().lease())!;
    const other = `Bearer ${await makeToken(api, "other cluster", ["WORK"])}`;
    expect(await (await post(`leases/${id}/1/beat`, {}, other)).json()).toEqual({ state: "lost" });
    expect(await (await post(`leases/${id}/1/finish`, { outcome: DONE }, other)).json()).toEqual({
      held: false,
    });
    const told = { call: "begin", value: makeFound(request) };
    expect((await post(`leases/${id}/1/record`, told, other)).status).toBe(409);
    expect(await lease.beat()).toBe("held");
    await lease.finish(DONE);
  });

  it("records nothing but what was asked for, in the name of whoever asked", async () => {
    const request = makeRequest({ requestedById });
    await queue.send(request);
    const lease = (await SOURCES["the API"]!().lease())!;
    const found = makeFound(request);
    const another = { ...found, checkpoint: { ...found.checkpoint, sha256: hash() } };
    await expect(lease.store.record(another, [])).rejects.toThrow("not what was asked for");
    await expect(lease.store.record(found, [])).resolves.toBeUndefined();
    const foreign = await api.database.client.run.findFirstOrThrow({
      where: { checkpoint: { sha256: { not: request.checkpoint } } },
    });
    const forged = { identity: hash(), requestedById: 1e6, parentRunId: foreign.id };
    await lease.store.begin({ ...found, run: { ...found.run, ...forged } });
    const names = await api.database.client.run.findMany({
      where: { checkpoint: { sha256: request.checkpoint } },
      select: { requestedById: true, parentRunId: true },
    });
    const own = { requestedById, parentRunId: null };
    expect(names).toEqual([own, own]);
    await expect(lease.store.fail(foreign.id, "spite")).rejects.toThrow("this run is not of this request");
    await lease.finish(DONE);
  });

  it.each([
    ["a NUL", { outcome: { state: "FAILED", reason: "tensor a\u0000b", runs: [], notes: [] } }],
    ["half a surrogate pair", { outcome: { ...DONE, result: { "\ud800": 1 } } }],
    ["a thousand lists in each other", { outcome: { ...DONE, result: nested(1_000) } }],
  ])("takes no %s, which would fail for whoever finishes at the same time", async (_, body) => {
    await queue.send(makeRequest({ requestedById }));
    const lease = (await SOURCES["the API"]!().lease())!;
    const response = await post(`leases/${lease.id}/1/finish`, body, `Bearer ${token}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ message: expect.stringMatching(/^The body('s JSON is nested| holds a NUL)/) }] },
    ]);
    expect(await lease.finish(DONE)).toBe(true);
  });

  it("keeps idle workers waiting until a job comes, and gives none to one that is gone", async () => {
    const waiting = httpSource({ server: api.url, token, waitSeconds: 20 });
    const gone = new AbortController();
    const left = waiting.lease(gone.signal);
    left.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    gone.abort();
    await expect(left).rejects.toThrow();
    const patient = waiting.lease();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const id = await queue.send(makeRequest({ requestedById }));
    const lease = (await patient)!;
    expect(lease).toMatchObject({ id, attempt: 1 });
    await lease.finish(DONE);
  });

  it.each([
    ["leases", { waitSeconds: 9_999 }, 400, "'waitSeconds' is not what a worker sends"],
    ["leases", { waits: 1 }, 400, "The body is not what a worker sends"],
    ["leases/1/1/beat", {}, 404, "A lease's address is"],
    [`leases/${crypto.randomUUID()}/1/finish`, { outcome: { state: "DONE" } }, 400, "'outcome.runs'"],
    [`leases/${crypto.randomUUID()}/1/record`, { call: "drop", value: 1 }, 400, "'call'"],
    [`leases/${crypto.randomUUID()}/1/record`, { call: "runIds", value: [] }, 409, "given to another worker"],
  ])("answers POST /work/%s %j with %d", async (path, body, status, words) => {
    const response = await post(path, body, `Bearer ${token}`);
    expect([response.status, JSON.stringify(await response.json())]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
  });
});
