/**
 * kill -9 at random moments of a suite run on two small datasets, each time resumed: the results equal those of
 * an undisturbed run to the last bit, and nothing is recorded twice.
 */
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { expect, it, onTestFinished } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { checkpoint, start, temporaryFolder } from "./command.ts";
import { makeSmallDatasets } from "./small-datasets.ts";

const KILLS = count(3, 10);
const SEED = 20;

/** A database and a cache that nobody has used. */
async function freshWorld() {
  const database = await testDatabase();
  onTestFinished(() => database.drop());
  return { database, cache: temporaryFolder() };
}

const suite = (data: string, cache: string) => [
  ...["evaluate", "--checkpoint", checkpoint, "--method", "untrained-resnet"],
  ...["--suite", "many-shot-linear", "--data", data, "--allow-partial", "--preprocessing", "shorter-32"],
  ...["--device", "cpu", "--threads", "1", "--cache", cache, "--json"],
];

/** Everything that is recorded of the method, in an order of its own. */
async function recorded({ client }: TestDatabase) {
  const rows = await client.result.findMany({
    where: { method: { slug: "untrained-resnet" } },
    include: { measure: true, run: true },
    orderBy: [{ measure: { slug: "asc" } }, { id: "asc" }],
  });
  return rows.map(
    ({ measure, value, intervalLower, intervalUpper, sampleSize, protocolFingerprint, run }) => ({
      measure: measure.slug,
      value,
      interval: [intervalLower, intervalUpper],
      sampleSize,
      protocolFingerprint,
      identity: run?.identity,
      record: run?.record,
    }),
  );
}

it("a killed suite run goes on to the same results", { timeout: 300_000 }, async () => {
  const data = temporaryFolder();
  makeSmallDatasets(data);
  const undisturbed = await freshWorld();
  const began = performance.now();
  const whole = await start(suite(data, undisturbed.cache), { databaseUrl: undisturbed.database.appUrl })
    .ended;
  const duration = performance.now() - began;
  expect(whole).toMatchObject({ code: 0 });
  const expected = await recorded(undisturbed.database);
  expect(expected.map(({ measure }) => measure)).toEqual([
    "calibration-linear/cifar10/ece",
    "calibration-linear/cifar10/ece-scaled",
    "calibration-linear/cifar100/ece",
    "calibration-linear/cifar100/ece-scaled",
    "many-shot-linear/cifar10/accuracy",
    "many-shot-linear/cifar100/accuracy",
  ]);

  const random = new SeededRandom(SEED);
  const finish = async ({ database, cache }: Awaited<ReturnType<typeof freshWorld>>) => {
    const ended = await start(suite(data, cache), { databaseUrl: database.appUrl }).ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(await recorded(database)).toEqual(expected);
    const states = await database.client.run.groupBy({ by: ["state"], _count: true });
    expect(states).toEqual([{ state: "DONE", _count: 4 }]);
  };
  let world = await freshWorld();
  for (let kills = 0; kills < KILLS; ) {
    const { child, ended } = start(suite(data, world.cache), { databaseUrl: world.database.appUrl });
    // From just after the start to a little before the end of a whole run: what is resumed is shorter.
    const timer = setTimeout(() => child.kill("SIGKILL"), random.uniform(0.1, 0.8) * duration);
    const { signal, code, stderr } = await ended;
    clearTimeout(timer);
    if (signal === "SIGKILL") kills++;
    else {
      // It was done before the blow fell: that world is complete, and the next kill meets a new one.
      expect({ code, stderr }).toMatchObject({ code: 0 });
      await finish(world);
      world = await freshWorld();
    }
  }
  await finish(world);
});
