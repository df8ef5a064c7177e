/**
 * The narrow ResNet-50 of the goldens, fine-tuned on the digits by the command, from its own random weights: it beats
 * its own linear probe by a clear margin, and is on the board with its run.
 */
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { checkpoint, temporaryFolder, transferboard } from "../pipeline/command.ts";

const STEPS = 200;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const evaluate = async (...more: string[]) => {
  const args = [
    ...["evaluate", "--checkpoint", checkpoint, "--method", "narrow-resnet", "--dataset", "digits"],
    ...["--preprocessing", "shorter-32", "--device", "cpu", "--cache", temporaryFolder(), "--json"],
  ];
  const ended = await transferboard([...args, ...more], { databaseUrl: database.appUrl });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return {
    ...(JSON.parse(ended.stdout) as { values: { measure: string; value: number }[] }),
    stderr: ended.stderr,
  };
};

// A minute of training; npm test fine-tunes beside the code.
it.skipIf(!isFull)(
  "fine-tuning beats the linear probe on the digits, end to end",
  { timeout: 400_000 },
  async () => {
    const probe = await evaluate("--protocol", "many-shot-linear");
    const short = ["--steps", `${STEPS}`, "--batch", "64", "--grid", "0.04/0/centre-crop"];
    const tuned = await evaluate("--protocol", "many-shot-finetune", ...short);
    expect(tuned.values.map(({ measure }) => measure)).toEqual([
      "many-shot-finetune/digits/accuracy",
      "calibration-finetune/digits/ece",
      "calibration-finetune/digits/ece-scaled",
    ]);
    expect(tuned.values[0]!.value).toBeGreaterThan(probe.values[0]!.value + 3);

    const results = await database.client.result.findMany({
      where: { measure: { slug: "many-shot-finetune/digits/accuracy" } },
      include: { run: { include: { protocol: true } } },
    });
    expect(results).toHaveLength(1);
    const { run, value, provenance } = results[0]!;
    expect({ value, provenance }).toEqual({ value: tuned.values[0]!.value, provenance: "REPRODUCED" });
    const record = run!.record as {
      search: { losses: number[]; validation: number }[];
      refit: { losses: number[] };
    };
    expect(record.search).toHaveLength(1);
    expect(record.search[0]!.losses).toHaveLength(STEPS);
    expect(record.refit.losses).toHaveLength(STEPS);
    expect(run!.protocol.body).toMatchObject({ evaluation: "many-shot-finetune", steps: STEPS, batch: 64 });
  },
);
