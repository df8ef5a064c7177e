/**
 * A profile from one extraction, recorded: killed by kill -9 and resumed, it gives what an undisturbed one gives, to the last
 * bit: in the full run, on all that ships, patches too. npm test holds what a budget chooses.
 */
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { expect, it, onTestFinished } from "vitest";
import { PROFILE } from "../../packages/eval-core/src/cli/profile/plan.ts";
import { count, isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { checkpoint, start, temporaryFolder, transferboard } from "./command.ts";
import { makeSmallDatasets } from "./small-datasets.ts";

const KILLS = count(1, 3);

async function freshWorld() {
  const database = await testDatabase();
  onTestFinished(() => database.drop());
  return { database, cache: temporaryFolder() };
}

function profileOf(data: string, cache: string): string[] {
  const what = isFull ? [] : ["--data", data, "--dataset", "cifar10", "--allow-partial"];
  return [
    ...["profile", "--checkpoint", checkpoint, "--method", "untrained-resnet", ...what],
    ...["--preprocessing", "shorter-32", "--device", "cpu", "--threads", "1", "--cache", cache],
  ];
}

async function recorded({ client }: TestDatabase) {
  const rows = await client.result.findMany({
    where: { method: { slug: "untrained-resnet" } },
    include: { measure: true, run: true },
    orderBy: [{ measure: { slug: "asc" } }, { id: "asc" }],
  });
  return rows.map(({ measure, value, intervalLower, intervalUpper, sampleSize, run }) => ({
    ...{ measure: measure.slug, value, sampleSize, identity: run?.identity },
    interval: [intervalLower, intervalUpper],
  }));
}

// Four profiles one after the other take minutes; a killed evaluation of each kind is tried beside its code.
it.skipIf(!isFull)(
  "a killed profile goes on to the same values, each recorded once",
  {
    timeout: 900_000,
  },
  async () => {
    const data = temporaryFolder();
    makeSmallDatasets(data);
    const undisturbed = await freshWorld();
    const began = performance.now();
    const whole = await transferboard(profileOf(data, undisturbed.cache), {
      databaseUrl: undisturbed.database.appUrl,
    });
    const duration = performance.now() - began;
    expect(whole, whole.stderr).toMatchObject({ code: 0 });
    const expected = await recorded(undisturbed.database);
    const settings = new Set(expected.map(({ measure }) => measure.split("/")[0]));
    for (const setting of ["knn", "predictor", "retrieval", "linear-bn", "logistic-regression-dinov3"])
      expect(settings).toContain(setting);
    if (isFull) for (const setting of PROFILE) expect(settings).toContain(setting);
    // What cannot be evaluated is said: too few images for the episodes.
    else
      expect(whole.stderr).toContain("Left out: few-shot-20 on cifar10: 0 of 10 classes have the 35 images");

    const random = new SeededRandom(20);
    const world = await freshWorld();
    const surroundings = { databaseUrl: world.database.appUrl };
    for (let kill = 1; kill <= KILLS; kill++) {
      const { child, ended } = start(profileOf(data, world.cache), surroundings);
      // Each of as many equal parts of the time that is left, roughly.
      const timer = setTimeout(() => child.kill("SIGKILL"), (random.uniform(0.3, 0.8) * duration) / KILLS);
      const { signal } = await ended;
      clearTimeout(timer);
      expect(signal).toBe("SIGKILL");
    }
    const end = await transferboard(profileOf(data, world.cache), surroundings);
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(await recorded(world.database)).toEqual(expected);
  },
);

it("a budget chooses, and says what it left out and how long that would take", {
  timeout: 120_000,
}, async () => {
  const data = temporaryFolder();
  makeSmallDatasets(data);
  const asked = [...profileOf(data, temporaryFolder()), "--dataset", "cifar10", "--data", data];
  const { code, stdout, stderr } = await transferboard([
    ...asked,
    ...["--allow-partial", "--no-record", "--dry-run", "--budget", "5s"],
  ]);
  expect(code, stderr).toBe(0);
  const left = [...stderr.matchAll(/^Left out: (\S+) on cifar10, about .+: beyond the budget$/gm)].map(
    ([, setting]) => setting!,
  );
  expect(left).toContain("logistic-regression-dinov3");
  expect(left).not.toContain("knn");
  for (const setting of left)
    expect(stdout).toMatch(new RegExp(`${setting} .*left out.*beyond the budget`, "m"));
});
