/**
 * A fine-tuning evaluation divided over workers: whatever their number and whoever dies, it ends with the numbers, bit for
 * bit, and the record of one machine; and the record says who did what.
 */
import { jobsOfAsked } from "@transferboard/eval-core/declared";
import { expect, it } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeWorld, type World } from "./worker-world.ts";

const options = { steps: "4", batch: "8", grid: "0.01,0.1/0/centre-crop" };
const target = { measure: "many-shot-finetune/digits/accuracy" };

async function divided(world: World): Promise<string> {
  const request = world.requestOf({ target, options });
  return world.database.client.$transaction((tx) =>
    world.queue.divide(request, jobsOfAsked(target, options), tx),
  );
}

async function runsOf({ database }: World) {
  const runs = await database.client.run.findMany({
    include: { results: { include: { measure: true }, orderBy: { measure: { slug: "asc" } } } },
    orderBy: { identity: "asc" },
  });
  return runs.map(({ identity, state, record, results }) => {
    const { work, ...rest } = record as Record<string, unknown>;
    const values = results.map(({ measure, value }) => [measure.slug, value]);
    return {
      work: work as { jobs: Record<string, unknown>[] },
      same: { identity, state, record: rest, values },
    };
  });
}

it.runIf(isFull)("gives one run with the numbers of an undivided one, and says who did what", async () => {
  const alone = await makeWorld();
  await alone.ask({ target, options });
  const single = await alone.worker("--once").ended;
  expect(single.code, single.stderr).toBe(0);

  const world = await makeWorld();
  const id = await divided(world);
  const workers = [world.worker(), world.worker()];
  while ((await world.queue.find(id))!.finishedAt === null)
    await new Promise((wake) => setTimeout(wake, 200));
  for (const { child } of workers) child.kill("SIGTERM");
  const said = (await Promise.all(workers.map(({ ended }) => ended))).map(({ stderr }) => stderr).join("\n");
  expect(await world.queue.find(id), said).toMatchObject({ state: "DONE", notes: [] });
  expect((await world.queue.plan(id)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    "PART DONE",
    "PART DONE",
    "DATASET DONE",
    "CLOSING DONE",
  ]);
  const runs = await runsOf(world);
  expect(runs.map(({ same }) => same)).toEqual((await runsOf(alone)).map(({ same }) => same));
  const main = runs.find(({ same }) => same.values.some(([slug]) => slug === target.measure))!;
  expect(main.work.jobs).toMatchObject([
    { job: "Digits: learning rate 0.0100, weight decay 0.00, centre-crop", attempts: 1 },
    { job: "Digits: learning rate 0.100, weight decay 0.00, centre-crop", attempts: 1 },
    { job: "selection and refit", device: "cpu", worker: expect.stringMatching(/\/\d+$/) },
  ]);
});
