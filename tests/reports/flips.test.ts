/**
 * A flipped byte of a checkpoint, an array or a file of the cache is refused or harmless: a few here, 500 of each kind in
 * the full run. Of a `.npy`'s numbers nothing can tell (the format has no checksum): its header is what is held here.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Checkpoint, loadCheckpoint } from "@transferboard/eval-core/backbones";
import { saveSafetensors } from "@transferboard/eval-core/checkpoints";
import { bytesOf, readNpy, writeNpy } from "@transferboard/eval-core/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readFinished, writeFinished } from "../../packages/eval-core/src/cli/evaluate/finished.ts";
import { readKnown } from "../../packages/eval-core/src/datasets/manifest.ts";
import { stateFile } from "../../packages/eval-core/src/evaluations/probes/state-file.ts";
import { noProgress } from "../../packages/eval-core/src/evaluations/progress.ts";
import { openCache } from "../../packages/eval-core/src/features/cache.ts";
import { readSealed, writeSealed, writeSealedJson } from "../../packages/eval-core/src/tensor/sealed-file.ts";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { ResumeStore } from "../../packages/eval-core/src/training/resume.ts";
import { flip } from "./flips.ts";

const TIMES = count(40, 500);
const golden = (path: string) =>
  fileURLToPath(new URL(`../../packages/eval-core/golden/${path}`, import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flips-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every weight, its name and its shape, as one hash. */
function summaryOf({ tensors }: Checkpoint): string {
  const hash = createHash("sha256");
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name} ${shape}`).update(bytesOf(data));
  return hash.digest("hex");
}

const ofCheckpoints = (error: Error) => ["CheckpointError", "OnnxError"].includes(error.name);

async function expectHeld(what: string, flips: Parameters<typeof flip>[0]) {
  const { refused, harmless, faults } = await flip(flips);
  console.log(`${what}: ${refused} refused, ${harmless} harmless of ${flips.times}`);
  expect(faults).toEqual([]);
  expect(refused + harmless).toBe(flips.times);
}

it("of a .pth", { timeout: 600_000 }, async () => {
  const file = join(folder, "weights.pth");
  cpSync(golden("checkpoint/torchvision.pth"), file);
  const read = async () => summaryOf(await loadCheckpoint(file));
  await expectHeld(".pth", { file, times: TIMES, read, isRefusal: ofCheckpoints });
});

it("of the header of a .safetensors", { timeout: 600_000 }, async () => {
  const file = join(folder, "weights.safetensors");
  const { tensors } = await loadCheckpoint(golden("checkpoint/torchvision.pth"));
  saveSafetensors(tensors, file);
  const length = 8 + Number(readFileSync(file).readBigUInt64LE(0));
  const read = async () => summaryOf(await loadCheckpoint(file));
  await expectHeld(".safetensors", {
    file,
    times: TIMES,
    within: { from: 0, to: length },
    read,
    isRefusal: ofCheckpoints,
  });
});

it("of the header of a .npy", { timeout: 600_000 }, async () => {
  const file = join(folder, "array.npy");
  const data = Float32Array.from({ length: 60 }, (_, i) => i / 7);
  writeNpy({ dtype: "float32", shape: [12, 5], data }, file);
  const read = async () => {
    const { dtype, shape, data: numbers } = await readNpy(file);
    return [dtype, shape, Buffer.from(bytesOf(numbers)).toString("hex")];
  };
  const header = 10 + readFileSync(file).readUInt16LE(8);
  const isRefusal = (error: Error) => error.name === "NpyError";
  await expectHeld(".npy", { file, times: TIMES, within: { from: 0, to: header }, read, isRefusal });
});

const never = () => false;

it("of a block of features", { timeout: 600_000 }, async () => {
  const madeFrom = { of: "flips" };
  const store = await openCache(folder, madeFrom);
  store.write(0, Float32Array.from({ length: 500 }, Math.sqrt));
  const home = join(folder, "features", readdirSync(join(folder, "features"))[0]!);
  const name = readdirSync(home).find((one) => one.endsWith(".f32"))!;
  const file = join(home, name);
  const kept = readFileSync(file);
  // What is damaged is removed: nothing read is as good as refused.
  const read = async () => {
    const block = await (await openCache(folder, madeFrom)).read(0);
    return block ? Buffer.from(bytesOf(block)).equals(kept) : refuse();
  };
  await expectHeld("features", { file, times: TIMES, read, isRefusal: isMissing });
});

class Missing extends Error {}
const refuse = (): never => {
  throw new Missing("computed anew");
};
const isMissing = (error: Error) => error instanceof Missing;

it.each<[string, (file: string) => void, (file: string) => unknown]>([
  ["a sealed file", (file) => writeSealed(file, Buffer.alloc(300, 7)), (file) => readSealed(file)],
  [
    "the hashes of a dataset",
    (file) => writeSealedJson(file, [["/a.jpg", [1, 2, "a".repeat(64)]]]),
    async (file) => {
      const known = await readKnown(file);
      return known.size > 0 ? [...known] : undefined;
    },
  ],
])("of %s", { timeout: 600_000 }, async (what, write, read) => {
  const file = join(folder, `${what.replaceAll(" ", "-")}`);
  write(file);
  await expectHeld(what, {
    file,
    times: TIMES,
    read: async () => (await read(file)) ?? refuse(),
    isRefusal: isMissing,
  });
});

it("of an unfinished probe or sweep", { timeout: 600_000 }, async () => {
  const told: string[] = [];
  const progress = { ...noProgress, say: (line: string) => void told.push(line) };
  const open = () => stateFile({ work: folder, progress, device: "cpu", threads: 1 }, "probe");
  open().save({ step: 12, weights: [0.5, 0.25] });
  const read = () => open().state ?? refuse();
  const file = join(folder, "probe.state");
  await expectHeld("a probe's state", { file, times: TIMES, read, isRefusal: isMissing });
  expect(told).toHaveLength(TIMES);
});

it("of a finished evaluation", { timeout: 600_000 }, async () => {
  const identity = "f".repeat(64);
  const evaluation = { values: [{ measure: "a/b/c", value: 63.45, interval: null, n: 9 }], companions: [] };
  const finished = { evaluation, startedAt: "2026", finishedAt: "2027", device: "cpu" };
  writeFinished(folder, identity, finished as never);
  const file = join(folder, "evaluations", `${identity}.json`);
  const read = () => readFinished(folder, identity) ?? refuse();
  await expectHeld("a finished evaluation", { file, times: TIMES, read, isRefusal: isMissing });
});

it("of an interrupted training", { timeout: 600_000 }, async () => {
  const home = join(folder, "resume");
  mkdirSync(home);
  const open = () => new ResumeStore(home, "me");
  open().write("progress", { step: 7, loss: [0.5, 0.25] });
  open().saveTensors("weights", {
    tensors: new Map([["w", { dtype: "float32", shape: [4], data: Float32Array.of(1, 2, 3, 4) }]]),
    about: { step: 7 },
  });
  const readJson = () => open().read("progress") ?? refuse();
  await expectHeld("progress", {
    file: join(home, "progress.json"),
    times: TIMES,
    read: readJson,
    isRefusal: isMissing,
  });
  const readTensors = async () => {
    const kept = await open().loadTensors("weights");
    return kept ? [...kept.tensors].map(([name, { data }]) => [name, [...(data as Float32Array)]]) : refuse();
  };
  await expectHeld("weights", {
    file: join(home, "weights.safetensors"),
    times: TIMES,
    read: readTensors,
    isRefusal: isMissing,
  });
});

it("finds a planted fault", async () => {
  const file = join(folder, "plain");
  writeSealed(file, Buffer.alloc(100, 1));
  const { faults } = await flip({
    file,
    times: 10,
    read: () => readFileSync(file).toString("hex"),
    isRefusal: never,
  });
  expect(faults).toHaveLength(10);
});
