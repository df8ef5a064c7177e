/**
 * A new family of backbones is one file and one line: here it shows in the help, an inspection, the plan, the record and
 * conformance.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { saveSafetensors } from "../../packages/eval-core/src/checkpoints/formats/safetensors.ts";
import { SeededRandom, sizeOf, tensor, writeNpy } from "../../packages/eval-core/src/tensor/index.ts";

// The line of the registry.
vi.mock("../../packages/eval-core/src/backbones/registry.ts", async (original) => {
  const { families, familyOf } =
    await original<typeof import("../../packages/eval-core/src/backbones/registry.ts")>();
  const { patchwise } = await import("./patchwise/index.ts");
  return {
    families: [...families, patchwise],
    familyOf: (of: { family: string }) => (patchwise.members.includes(of.family) ? patchwise : familyOf(of)),
  };
});

const { makeProgram } = await import("../../packages/eval-core/src/cli/program.ts");
const { temporaryFolder } = await import("../pipeline/command.ts");

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  vi.stubEnv("DATABASE_URL", database.appUrl);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});

/** Runs the command in this process, and answers what it printed. */
async function transferboard(...args: string[]): Promise<string> {
  const out: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  try {
    const program = await makeProgram(new AbortController().signal, args);
    await program.parseAsync(args, { from: "user" });
  } finally {
    write.mockRestore();
  }
  return out.join("");
}

const random = new SeededRandom(15);
const normal = (...shape: number[]) =>
  tensor(
    "float32",
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  );
const weight = normal(6, 3, 4, 4);
const bias = normal(6);

function checkpoint(folder: string): string {
  const path = join(folder, "toy.safetensors");
  const tensors = new Map([
    ["patchwise.weight", weight],
    ["patchwise.bias", bias],
    ["head.weight", normal(10, 6)],
  ]);
  saveSafetensors(tensors, path);
  return path;
}

it("shows in the help and in what a file is said to be", async () => {
  const program = await makeProgram(new AbortController().signal, ["checkpoint"]);
  const inspect = program.commands
    .find((one) => one.name() === "checkpoint")!
    .commands.find((one) => one.name() === "inspect")!;
  let help = "";
  inspect.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  expect(help).toMatch(/Recognised by their tensors: .*patchwise/s);
  const said = await transferboard("checkpoint", "inspect", checkpoint(temporaryFolder()));
  expect(said).toMatch(/architecture +Patchwise, 4 pixels, 6 features, 294 parameters/);
  expect(said).toMatch(/readouts +pooled \[6\], patches \[6, H\/4, W\/4\]/);
  expect(said).toMatch(/dropped +1 x head: head\.weight/);
});

it("is planned, evaluated by each readout, and recorded as what it is", async () => {
  const folder = temporaryFolder();
  const what = ["--checkpoint", checkpoint(folder), "--method", "toy", "--dataset", "digits"];
  const how = [
    "--protocol",
    "few-shot-5",
    "--readout",
    "all",
    "--device",
    "cpu",
    "--cache",
    folder,
    "--json",
  ];
  const plan = JSON.parse(await transferboard("evaluate", ...what, ...how, "--dry-run"));
  expect(plan).toMatchObject({ targets: [{ setting: "few-shot-5", state: "to do", toExtract: 1797 }] });
  const done = JSON.parse(await transferboard("evaluate", ...what, ...how));
  expect(done.outcomes).toMatchObject([{ state: "done" }]);
  const [recorded] = await database.client.checkpoint.findMany({ where: { method: { slug: "toy" } } });
  expect(recorded).toMatchObject({
    architecture: "patchwise, 4 pixels",
    featureDimension: 6,
    inputMean: [0.5, 0.5, 0.5],
    loading: { layout: { naming: "plain" }, readouts: ["pooled"] },
  });
  const [run] = await database.client.run.findMany({ include: { protocol: true } });
  expect(run?.protocol.body).toMatchObject({ readout: "pooled" });
});

it("names what is wrong with a file of its own", async () => {
  const path = join(temporaryFolder(), "wrong.safetensors");
  saveSafetensors(new Map([["patchwise.weight", weight]]), path);
  await expect(transferboard("checkpoint", "inspect", path)).rejects.toThrow(
    "is no patchwise network: missing: patchwise.bias",
  );
});

it("holds its goldens by the conformance command", async () => {
  const folder = temporaryFolder();
  const own = join(folder, "toy");
  mkdirSync(own);
  checkpoint(own);
  const input = normal(2, 3, 8, 8);
  writeNpy(input, join(own, "input.npy"));
  writeNpy(tensor("float32", [2, 6], byHand(input.data)), join(own, "pooled.npy"));
  writeFileSync(join(folder, "cases.json"), JSON.stringify({ cases: [{ case: "toy" }] }));
  const expected = {
    ...{ file: "toy.safetensors", family: "patchwise", naming: "plain", place: "" },
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    ...{ options_needed: {}, architecture: { patch: 4 }, inputs: ["input.npy"] },
    ...{ features: { pooled: ["pooled.npy"] }, kept: 2, dropped: ["head.weight"], agree_to: 2e-5 },
  };
  writeFileSync(join(own, "expected.json"), JSON.stringify(expected));
  expect(await transferboard("conformance", "backbones", folder)).toContain(
    "All 5 comparisons are within their tolerances",
  );
});

/** The mean over four patches of relu(w x + b), loop by loop. */
function byHand(images: Float32Array): Float32Array {
  const features = new Float32Array(12);
  for (let n = 0; n < 2; n++)
    for (let c = 0; c < 6; c++)
      for (let patch = 0; patch < 4; patch++) {
        let sum = bias.data[c]!;
        for (let i = 0; i < 48; i++) {
          const [channel, row, column] = [Math.floor(i / 16), Math.floor((i % 16) / 4), i % 4];
          const [y, x] = [4 * Math.floor(patch / 2) + row, 4 * (patch % 2) + column];
          sum += weight.data[c * 48 + i]! * images[((n * 3 + channel) * 8 + y) * 8 + x]!;
        }
        features[n * 6 + c]! += Math.max(0, sum) / 4;
      }
  return features;
}
