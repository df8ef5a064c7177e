/** Fine-tuning as a run: killed and resumed, diverged, interrupted. What the numbers are is the golden's business. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checkpoint, loadCheckpoint } from "../../backbones/index.ts";
import { type Dataset, openDataset } from "../../datasets/index.ts";
import { preprocessingNamed, shorterSide } from "../../images/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { count } from "../../tensor/testing/counts.ts";
import { BatchStream } from "../../training/batches.ts";
import { type FinetuneOptions, finetune, finetuneOne } from "./evaluate.ts";
import { finetuneDescription } from "./index.ts";
import { configurations, gridNamed, PAPER_SETTINGS } from "./protocol.ts";
import type { FinetuneProgress } from "./record.ts";

const golden = fileURLToPath(new URL("../../../golden/finetune/initial.pth", import.meta.url));
const KILLS = count(2, 5);
let folder: string;
let checkpoint: Checkpoint;
let digits: Dataset;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "finetune-"));
  checkpoint = await loadCheckpoint(golden, { prefix: "0.", ignore: ["1."], anyDepth: true });
  const whole = await openDataset("digits");
  const { train, test } = whole.splits;
  digits = { ...whole, splits: { train: train.slice(0, 40), test: test.slice(0, 20) } };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const short = (grid: string, more: Partial<FinetuneOptions> = {}): FinetuneOptions => ({
  checkpoint,
  dataset: digits,
  preprocessing: shorterSide(32),
  protocol: { steps: 6, batch: 8, grid: gridNamed(grid) },
  device: "cpu",
  threads: 1,
  ...more,
});

/** Runs the child until the `killAt`th step it reports, then kill -9; to its end without one. Answers its last line. */
function child(work: string, killAt?: number): Promise<{ killed: boolean; last: string; steps: number }> {
  const script = fileURLToPath(new URL("../testing/finetune-run.ts", import.meta.url));
  const running = spawn(process.execPath, [script, work], { stdio: ["ignore", "pipe", "inherit"] });
  let [last, steps] = ["", 0];
  createInterface({ input: running.stdout }).on("line", (line) => {
    last = line;
    if (line.startsWith("step") && ++steps === killAt) running.kill("SIGKILL");
  });
  return new Promise((resolve) => {
    running.on("close", (_, signal) => resolve({ killed: signal === "SIGKILL", last, steps }));
  });
}

describe("a run that is killed", () => {
  it(`ends at the same weights, bit for bit, after kill -9 at ${KILLS} random steps`, async () => {
    const undisturbed = await child(join(folder, "undisturbed"));
    expect(undisturbed.last).toMatch(/^weights [0-9a-f]{64} /);
    const seed = Date.now() % 1_000_000;
    const random = new SeededRandom(seed);
    const work = join(folder, "killed");
    let kills = 0;
    let end = await child(work, 1 + random.below(6));
    while (end.killed) {
      kills++;
      end = await child(work, kills < KILLS ? 1 + random.below(6) : undefined);
    }
    expect(kills, `seed ${seed}`).toBe(KILLS);
    expect(end.last, `seed ${seed}`).toBe(undisturbed.last);
    expect(end.steps).toBeLessThan(undisturbed.steps);
    expect(readdirSync(work)).toEqual([]);
  }, 180_000);

  it("is interrupted with its work kept", async () => {
    const stop = new AbortController();
    const work = join(folder, "interrupted");
    const interrupted = finetune(
      short("0.01/0/centre-crop", {
        workDir: work,
        signal: stop.signal,
        onProgress: (p) => p.phase === "search" && p.step === 3 && stop.abort(),
      }),
    );
    await expect(interrupted).rejects.toThrow(/abort/i);
    const steps: number[] = [];
    await finetune(
      short("0.01/0/centre-crop", {
        workDir: work,
        onProgress: (p) => p.phase === "search" && steps.push(p.step),
      }),
    );
    expect(steps).toEqual([4, 5, 6]);
  });
});

describe("a grid", () => {
  it("stops a configuration that diverges, says so, and chooses among the others", async () => {
    const told: string[] = [];
    const record = await finetune(
      short("1e30,0.01/0/centre-crop", {
        onProgress: (p) => p.phase === "diverged" && told.push(p.reason),
      }),
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^the loss became (NaN|Infinity) at step \d of 6$/);
    expect(record.search[0]).toMatchObject({ validation: null, diverged: told[0] });
    expect(record.chosen.learningRate).toBe(0.01);
    expect(record.warnings[0]).toContain("diverged");
  });

  it("fails in one sentence when all of it diverges", async () => {
    await expect(finetune(short("1e30/0/centre-crop"))).rejects.toThrow(
      /^every configuration of the grid diverged \(the first: the loss became .*\): use smaller learning rates$/,
    );
  });

  it("ends at the same record, bit for bit, from configurations that were worked out apart", async () => {
    const options = short("1e30,0.01/0/centre-crop");
    const whole = await finetune(options);
    const apart = await finetuneOne(options, 1);
    // The way to another machine. The first, which nobody worked out, is worked out here.
    const given = new Map([[1, JSON.parse(JSON.stringify(apart))]]);
    const searched = new Set<number>();
    const onProgress = (p: FinetuneProgress) => p.phase === "search" && searched.add(p.configuration);
    expect(await finetune({ ...options, given, onProgress })).toEqual(whole);
    expect(searched).not.toContain(1);
  });

  it("is the paper's 40", () => {
    const all = configurations(PAPER_SETTINGS.grid);
    expect(all).toHaveLength(40);
    expect(new Set(all.map((c) => c.learningRate.toPrecision(6)))).toEqual(
      new Set(["0.000100000", "0.00100000", "0.0100000", "0.100000"]),
    );
    // Weight decay is divided by the learning rate.
    expect(Math.max(...all.map((c) => c.weightDecay))).toBeCloseTo(1e-3 / 1e-4, 9);
  });

  it("is read from text, and refused in one sentence", () => {
    expect(gridNamed("0.1//centre-crop")).toEqual({
      learningRates: [0.1],
      weightDecays: PAPER_SETTINGS.grid.weightDecays,
      augmentations: ["centre-crop"],
    });
    expect(() => gridNamed("fast")).toThrow("'fast' is no learning rate for a grid");
    expect(() => gridNamed("0.1/0/mirror")).toThrow(
      "unknown augmentation 'mirror': known are random-resized-crop, centre-crop",
    );
  });
});

describe("the protocol", () => {
  it("has another fingerprint for every other schedule", () => {
    const describe_ = (settings = PAPER_SETTINGS) =>
      finetuneDescription(digits, settings, preprocessingNamed("imagenet-shorter-224"), {}).fingerprint;
    const all = [
      describe_(),
      describe_({ ...PAPER_SETTINGS, steps: 100 }),
      describe_({ ...PAPER_SETTINGS, batch: 32 }),
      describe_({ ...PAPER_SETTINGS, grid: gridNamed("0.1") }),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it("shows every image once an epoch, in another order each", () => {
    const stream = new BatchStream(digits.splits.train, 10, 0);
    const ids = (first: number) => [0, 1, 2, 3].flatMap((i) => stream.at(first + i).map((s) => s.item.id));
    expect(new Set(ids(0)).size).toBe(40);
    expect(new Set(ids(4)).size).toBe(40);
    expect(ids(0)).not.toEqual(ids(4));
    expect(stream.at(2)).toEqual(new BatchStream(digits.splits.train, 10, 0).at(2));
  });

  it("trains for several labels an image by binary cross-entropy", async () => {
    const relabel = (items: Dataset["splits"]["train"]) =>
      items.map((item) => ({
        ...item,
        load: () => item.load(),
        label: digits.classes.map((_, c) => Number(c === item.label || c === 0)),
      }));
    const { train, test } = digits.splits;
    const dataset: Dataset = {
      ...digits,
      task: "multi-label",
      metric: "map11",
      splits: { train: relabel(train), test: relabel(test) },
    };
    const record = await finetune(short("0.01/0/centre-crop", { dataset }));
    expect(record.loss).toBe("binary-cross-entropy");
    // Ten classes at logits near 0 cost log 2 each, on average.
    expect(record.refit.losses[0]).toBeGreaterThan(0.4);
    expect(record.refit.losses[0]).toBeLessThan(1.2);
    expect(record.test.score).toBeGreaterThan(0);
  });
});
