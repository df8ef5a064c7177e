/**
 * The features of one dataset, extracted by several workers with a cache each: the result is that of one machine, bit for bit,
 * and the record says who extracted what.
 */
import { jobsOfAsked } from "@transferboard/eval-core/declared";
import { expect, it } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { temporaryFolder } from "./command.ts";
import { makeWorld, type World } from "./worker-world.ts";

const target = { measure: "few-shot-5/digits/accuracy" };
/** The digits are few: shares are so small here alone. */
const IMAGES = 700;
const PATIENT = { maxWait: 30_000, timeout: 60_000 };

async function recorded({ database }: World) {
  const run = await database.client.run.findFirstOrThrow({ include: { results: true } });
  const { work, ...record } = run.record as Record<string, unknown>;
  const values = run.results.map(({ value, intervalLower, intervalUpper }) => [
    value,
    intervalLower,
    intervalUpper,
  ]);
  return {
    work: work as { jobs: { job: string; worker: string }[] },
    same: { identity: run.identity, record, values },
  };
}

it.runIf(isFull)("is the same by two workers as by one", { timeout: 300_000 }, async () => {
  const alone = await makeWorld();
  await alone.ask({ target });
  const single = await alone.worker("--once").ended;
  expect(single.code, single.stderr).toBe(0);

  const world = await makeWorld();
  const jobs = jobsOfAsked(target, {}, IMAGES);
  const id = await world.database.client.$transaction(
    (tx) => world.queue.divide(world.requestOf({ target }), jobs, tx),
    PATIENT,
  );
  const place = {
    databaseUrl: world.database.appUrl,
    env: { ARTEFACTS_DIR: temporaryFolder() },
  };
  const workers = [world.workerAt(place), world.workerAt(place)];
  while ((await world.queue.find(id))!.finishedAt === null) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const { child } of workers) child.kill("SIGTERM");
  const said = (await Promise.all(workers.map(({ ended }) => ended))).map(({ stderr }) => stderr).join("\n");
  expect(await world.queue.find(id), said).toMatchObject({ state: "DONE", notes: [] });
  const shares = Math.ceil(1797 / IMAGES);
  expect((await world.queue.plan(id)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    ...Array(shares).fill("EXTRACTION DONE"),
    "DATASET DONE",
    "CLOSING DONE",
  ]);
  const found = await recorded(world);
  expect(found.same).toEqual((await recorded(alone)).same);
  expect(found.work.jobs.map(({ job }) => job)).toEqual([
    ...Array.from({ length: shares }, (_, i) => `Digits: features, share ${i + 1} of ${shares}`),
    "all but the features",
  ]);
  expect(new Set(found.work.jobs.map(({ worker }) => worker)).size).toBe(2);
});
