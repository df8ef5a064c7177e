/**
 * The worker from end to end: what is asked for through the queue is evaluated once, by one of many, whatever dies
 * meanwhile, and whoever asked learns how it ended.
 */
import { expect, it, onTestFinished } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { startApi } from "../api/harness.ts";
import { farFrom } from "../work/far.ts";
import { temporaryFolder } from "./command.ts";
import { makeWorld, saying, sha256 } from "./worker-world.ts";

const REQUEST = `mutation ($checkpoint: String!, $measure: String!) { requestEvaluation(input: { checkpoint: $checkpoint,
  method: "supervised", measure: $measure, preprocessing: "shorter-32" }) {
  ... on RequestEvaluationPayload { evaluation { id state } } } }`;
const STANDING = `query ($id: ID!) { evaluation(id: $id) { state reason attempts runs { id state device checkpoint { sha256 } } }
  leaderboard(suite: "demo", first: 5) { edges { node { method { slug } cells { measure { slug } value provenance } } } } }`;

it("puts what was asked for through the API on the board with its run, and says why the rest failed", async () => {
  const api = await startApi();
  onTestFinished(() => api.stop());
  const token = await makeToken(api, "ada", ["SUBMIT"]);
  const { ask, queue, worker } = await makeWorld(api.database);
  const request = async (measure: string, checkpoint = sha256): Promise<string> => {
    const variables = { checkpoint, measure };
    const { evaluation } = (await api.read(REQUEST, { token, variables })).requestEvaluation;
    expect(evaluation.state).toBe("QUEUED");
    return evaluation.id;
  };
  const good = await request("many-shot-linear/digits/accuracy");
  const elsewhere = await request("many-shot-linear/digits/accuracy", "0".repeat(64));
  const missing = await request("few-shot-5/cifar10/accuracy");
  const unknown = await ask({ target: { measure: "imagenet/imagenet/top1" } });
  const { code, stderr } = await worker("--once", "--data", temporaryFolder()).ended;
  expect(code, stderr).toBe(0);
  for (const line of [`${good}: taken (attempt 1)`, `${good}: done, 1 runs`, "No request waits."]) {
    expect(stderr).toContain(line);
  }
  const { evaluation, leaderboard } = await api.read(STANDING, { variables: { id: good } });
  expect(evaluation).toMatchObject({
    state: "DONE",
    reason: null,
    attempts: 1,
    runs: [{ state: "DONE", device: "cpu", checkpoint: { sha256 } }],
  });
  expect(leaderboard.edges).toMatchObject([
    {
      node: {
        method: { slug: "supervised" },
        cells: [{ measure: { slug: "many-shot-linear/digits/accuracy" }, provenance: "REPRODUCED" }],
      },
    },
  ]);
  expect(leaderboard.edges[0].node.cells[0].value).toBeGreaterThan(20);
  const run = await api.database.client.run.findFirstOrThrow({ include: { requestedBy: true } });
  expect(run.requestedBy).toMatchObject({ name: "ada" });

  const reason = async (id: string) => {
    const failed = (await api.read(STANDING, { variables: { id } })).evaluation;
    expect(failed).toMatchObject({ state: "FAILED", attempts: 1, runs: [] });
    return failed.reason;
  };
  expect(await reason(elsewhere)).toMatch(/0{64} is not in the worker's folder of checkpoints/);
  expect(await reason(missing)).toMatch(/^CIFAR10: not in the worker's data: expected /);
  expect((await queue.find(unknown))!.reason).toMatch(
    /no evaluation gives the measure imagenet\/imagenet\/top1/,
  );
});

it("shares three requests between a worker with the database and one far from it: each is done once", async () => {
  const api = await startApi();
  onTestFinished(() => api.stop());
  const { database, queue, ask, worker, workerAt } = await makeWorld(api.database);
  const { server, reach, isApart, ...place } = await farFrom(api.url);
  const port = Number(new URL(database.appUrl).port);
  // Where the API answers, the database is refused: there is nothing of it to be used by mistake.
  if (isApart) expect(reach(port)).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
  const ids: string[] = [];
  for (let seed = 0; seed < 3; seed++) ids.push(await ask({ seed }));
  const token = await makeToken(api, "cluster", ["WORK"]);
  const env = { ...place.env, TRANSFERBOARD_TOKEN: token };
  const far = workerAt({ ...place, env }, "--once", "--server", server);
  await saying(far, "taken (attempt 1)");
  const ended = await Promise.all([far.ended, worker("--once").ended]);
  for (const { code, stderr } of ended) expect(code, stderr).toBe(0);
  expect(ended[0].stderr).toContain(`Working for ${server}, without a database.`);
  expect(ended[0].stderr).toMatch(/: done, 1 runs$/m);
  const taken = ended.flatMap(({ stderr }) => [...stderr.matchAll(/^(\S+): taken \(attempt 1\)/gm)]);
  expect(taken.map(([, id]) => id).sort()).toEqual(ids.toSorted());
  for (const id of ids) expect(await queue.find(id)).toMatchObject({ state: "DONE", attempts: 1 });
  const runs = await database.client.run.findMany({ include: { results: true } });
  expect(runs.map(({ seed, state, results }) => [Number(seed), state, results.length]).sort()).toEqual(
    ids.map((_, seed) => [seed, "DONE", 1]),
  );
});

it("finishes what a killed worker had begun, and gives back what it is stopped with", async () => {
  const { database, queue, ask, worker, features } = await makeWorld();
  const id = await ask({ target: { measure: "many-shot-linear/digits/accuracy" } });
  const killed = worker();
  await saying(killed, "Digits: features: 1797 images");
  killed.child.kill("SIGKILL");
  expect(await killed.ended).toMatchObject({ signal: "SIGKILL" });
  expect(await queue.find(id)).toMatchObject({ state: "RUNNING", attempts: 1 });
  const kept = features();
  expect(kept.length).toBeGreaterThan(0);

  const stopped = worker();
  await saying(stopped, `${id}: taken (attempt 2)`);
  stopped.child.kill("SIGTERM");
  const { code, stderr } = await stopped.ended;
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`${id}: back in the queue: the worker was stopped`);
  expect(await queue.find(id)).toMatchObject({ state: "QUEUED", attempts: 2 });

  const last = await worker("--once").ended;
  expect(last.code, last.stderr).toBe(0);
  // What the killed worker had extracted was not extracted again.
  expect(features()).toEqual(expect.arrayContaining([...kept]));
  expect(await queue.find(id)).toMatchObject({ state: "DONE", attempts: 3 });
  const runs = await database.client.run.findMany({
    where: { protocol: { settingSlug: "many-shot-linear" } },
  });
  expect(runs).toMatchObject([{ state: "DONE", failure: null, requestedById: expect.any(Number) }]);
  expect(await database.client.result.count({ where: { method: { slug: "untrained-resnet" } } })).toBe(3);
});
