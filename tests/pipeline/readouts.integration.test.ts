/** The transformer that ships, by every readout at once: one pass over the images, a run a readout, each found again. */
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shippedData } from "../../packages/eval-core/src/evaluations/shipped.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { temporaryFolder, transferboard } from "./command.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** The linear protocol in the full run; nearest neighbours answer at once. */
const [PROTOCOL, MEASURE] = isFull
  ? ["many-shot-linear", "many-shot-linear/digits/accuracy"]
  : ["knn", "knn/digits/top-1-k20"];
const READOUTS = ["cls", "mean-patch", "cls+mean", "last4", "last4+mean"];

it("is recorded once a readout, and its images pass the network once", async () => {
  const cache = temporaryFolder();
  const checkpoint = shippedData("digits-vit.safetensors");
  const on = ["--checkpoint", checkpoint, "--method", "digits-vit", "--dataset", "digits"];
  const how = ["--protocol", PROTOCOL!, "--device", "cpu", "--cache", cache, "--json"];
  const command = (name: string, ...more: string[]) =>
    transferboard([name, ...on, ...how, ...more], { databaseUrl: database.appUrl });
  const evaluate = () => command("evaluate", "--readout", "all");
  const first = await evaluate();
  expect(first.code, first.stderr).toBe(0);
  const { outcomes } = JSON.parse(first.stdout);
  expect(outcomes.map(({ state }: { state: string }) => state)).toEqual(READOUTS.map(() => "done"));
  const recorded = () =>
    database.client.result.findMany({
      where: { method: { slug: "digits-vit" }, measure: { slug: MEASURE! } },
      include: { protocol: true, checkpoint: true },
      orderBy: { id: "asc" },
    });
  const results = await recorded();
  const readoutOf = (body: unknown) => (body as { readout?: string }).readout;
  expect(results.map(({ protocol }) => readoutOf(protocol!.body))).toEqual(READOUTS);
  // It was trained for 150 steps only: by every readout it is far above chance, which is 10.
  for (const { value } of results) expect(value).toBeGreaterThan(40);
  expect(new Set(results.map(({ value }) => value)).size).toBeGreaterThan(1);
  expect(results[0]!.checkpoint.loading).toMatchObject({ readouts: READOUTS });
  const again = JSON.parse((await evaluate()).stdout);
  expect(again.outcomes.map(({ state }: { state: string }) => state)).toEqual(READOUTS.map(() => "recorded"));

  // Of an experiment whose last run is missing, boards would go on to show a variation.
  const { code, stderr, stdout } = await command(
    "sensitivity",
    "--readout",
    "cls",
    "--vary",
    "readout=last4",
  );
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).rows[0]).toMatchObject({ measure: MEASURE, field: "readout", value: "last4" });
  const after = await recorded();
  expect(after.map(({ protocol }) => readoutOf(protocol!.body))).toEqual([...READOUTS, "cls"]);
}, 900_000);
