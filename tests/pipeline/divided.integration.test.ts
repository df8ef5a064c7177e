/**
 * A fine-tuning evaluation divided over workers: whatever their number and whoever dies, it ends with the numbers, bit for
 * bit, and the record of one machine; and the record says who did what. In `npm run test:full`: trainings take minutes.
 */
import { jobsOfAsked } from "@transferboard/eval-core/declared";
import { expect, it } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import type { Started } from "./command.ts";
import { makeWorld, type World } from "./worker-world.ts";

const target = { measure: "many-shot-finetune/digits/accuracy" };
/** Fewer where only the way is tried. */
const options = { steps: process.env.STEPS ?? "30", batch: "8", grid: "0.01,0.1/0,1e-4/centre-crop" };

/** The first transaction also connects the queue. */
const PATIENT = { maxWait: 30_000, timeout: 60_000 };
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function recordOf({ database }: World) {
  const runs = await database.client.run.findMany({
    include: { results: { include: { measure: true }, orderBy: { measure: { slug: "asc" } } } },
    orderBy: { identity: "asc" },
  });
  return runs.map(({ identity, state, record, results }) => {
    const { work, ...others } = record as Record<string, unknown>;
    const values = results.map(({ measure, value }) => [measure.slug, value]);
    return {
      work: work as { jobs: Record<string, unknown>[] } | undefined,
      same: { identity, state, others, values },
    };
  });
}

/** The evaluation by so many workers; one that is killed is replaced. Answers the seconds that it took. */
async function run(world: World, workers: number, killEveryMs?: number) {
  const { queue, database } = world;
  const request = world.requestOf({ target, options });
  const jobs = jobsOfAsked(target, options);
  const id = await database.client.$transaction((tx) => queue.divide(request, jobs, tx), PATIENT);
  const began = performance.now();
  const all: Started[] = Array.from({ length: workers }, () => world.worker());
  const said = async () => (await Promise.all(all.map(({ ended }) => ended))).map(({ stderr }) => stderr);
  let [kills, due] = [0, killEveryMs ?? Number.POSITIVE_INFINITY];
  while ((await queue.find(id))!.finishedAt === null) {
    await rest(100);
    if (performance.now() - began < due) continue;
    due += killEveryMs!;
    const place = kills++ % workers;
    all[place]!.child.kill("SIGKILL");
    await all[place]!.ended;
    all[place] = world.worker();
  }
  const seconds = (performance.now() - began) / 1000;
  for (const { child } of all) child.kill("SIGTERM");
  expect(await queue.find(id), (await said()).join("\n")).toMatchObject({ state: "DONE", notes: [] });
  expect((await queue.plan(id)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    ...Array(4).fill("PART DONE"),
    "DATASET DONE",
    "CLOSING DONE",
  ]);
  return { seconds, kills, record: await recordOf(world) };
}

it.runIf(isFull)(
  "is the same by one worker, by four, and by four of which one is killed every 10 s, as undivided",
  { timeout: 1_800_000 },
  async () => {
    const undivided = await makeWorld();
    await undivided.ask({ target, options });
    const single = await undivided.worker("--once").ended;
    expect(single.code, single.stderr).toBe(0);
    const expected = (await recordOf(undivided)).map(({ same }) => same);
    // The classifier and its calibration: one run each.
    expect(expected).toHaveLength(2);

    const one = await run(await makeWorld(), 1);
    const four = await run(await makeWorld(), 4);
    const killed = await run(await makeWorld(), 4, 10_000);
    for (const { record } of [one, four, killed]) {
      expect(record.map(({ same }) => same)).toEqual(expected);
      const main = record.find(({ same }) => same.values.some(([slug]) => slug === target.measure))!;
      expect(main.work?.jobs.map(({ job }) => job)).toEqual([
        "Digits: learning rate 0.01, weight decay 0, centre-crop",
        "Digits: learning rate 0.01, weight decay 0.01, centre-crop",
        "Digits: learning rate 0.1, weight decay 0, centre-crop",
        "Digits: learning rate 0.1, weight decay 0.001, centre-crop",
        "selection and refit",
      ]);
      for (const job of main.work!.jobs) {
        expect(job).toMatchObject({ worker: expect.stringMatching(/.\/\d+$/), seconds: expect.any(Number) });
      }
    }
    // The calibration's run goes with the classifier's, whose record says who did what.
    const workers = new Set(four.record.flatMap(({ work }) => work?.jobs.map(({ worker }) => worker) ?? []));
    expect(workers.size).toBeGreaterThan(1);
    expect(killed.kills).toBeGreaterThan(0);
    console.log(
      `1 worker ${one.seconds.toFixed(0)} s; 4 workers ${four.seconds.toFixed(0)} s, ` +
        `${(one.seconds / four.seconds).toFixed(2)} times as fast; ` +
        `4 workers with ${killed.kills} kills ${killed.seconds.toFixed(0)} s`,
    );
  },
);
