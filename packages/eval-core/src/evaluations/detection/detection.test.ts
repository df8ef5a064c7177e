/** Detection on the shipped drawings: a run that is killed goes on to the same weights; what enters the fingerprint. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCheckpoint } from "../../backbones/index.ts";
import { SHIPPED_DATA } from "../../datasets/index.ts";
import { PREPROCESSINGS } from "../../images/index.ts";
import { RESNET_FACTS } from "../plan.ts";
import { settingNamed } from "../settings.ts";
import { detectionData } from "./data.ts";
import { type DetectionOptions, evaluateDetection } from "./evaluate.ts";
import { detection } from "./index.ts";
import { SHORTENED, scaled } from "./settings.ts";

const data = await detectionData.open("voc-shapes", { folder: undefined, allowPartial: false }, {});
const few = { ...data, splits: { train: data.splits.train, test: data.splits.test.slice(0, 2) } };

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "detection-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

async function run(steps: number, further: Partial<DetectionOptions> = {}) {
  return evaluateDetection({
    checkpoint: await loadCheckpoint(join(SHIPPED_DATA, "shapes-backbone.pth")),
    data: few,
    setting: "detection-frozen",
    schedule: scaled(SHORTENED, steps),
    mode: "default",
    seed: 3,
    identity: "test",
    device: "cpu",
    threads: 1,
    ...further,
  });
}

describe("a run", () => {
  it("that dies at a step, or is interrupted, goes on to the weights and detections of one that does not", async () => {
    const whole = await run(4);
    const died = new Error("killed");
    const dying = run(4, {
      work,
      saveEvery: 2,
      onStep({ step }) {
        if (step === 3) throw died;
      },
    });
    await expect(dying).rejects.toBe(died);
    const resumedAt: number[] = [];
    const stop = new AbortController();
    const interrupted = run(4, {
      work,
      saveEvery: 2,
      signal: stop.signal,
      onStep({ step }) {
        resumedAt.push(step);
        stop.abort();
      },
    });
    await expect(interrupted).rejects.toThrow();
    // Steps 1 and 2 were saved, 3 was lost.
    expect(resumedAt).toEqual([3]);
    const resumed = await run(4, { work });
    expect(resumed.findings.training).toEqual(whole.findings.training);
    expect(resumed.detections).toEqual(whole.detections);
    expect(readdirSync(join(work, "training"))).toEqual([]);
  }, 120_000);

  it("trains all convolutions when fine-tuned, and writes what it detects in VOC's format", async () => {
    const predictions = join(work, "predictions");
    const [frozen, tuned] = [await run(1), await run(1, { setting: "detection-finetune", predictions })];
    expect(tuned.findings.training.curves.loss![0]).toBeCloseTo(frozen.findings.training.curves.loss![0]!, 4);
    expect(tuned.findings.training.weightsSha256).not.toBe(frozen.findings.training.weightsSha256);
    expect(readdirSync(predictions)).toHaveLength(20);
    const lines = readFileSync(join(predictions, "comp4_det_test_cat.txt"), "utf8").split("\n").slice(0, -1);
    const cats = tuned.detections.filter(({ class: kind }) => data.classes[kind] === "cat");
    expect(lines).toHaveLength(cats.length);
    for (const line of lines) expect(line).toMatch(/^\d{6} \d\.\d{3}( \d+\.\d){4}$/);
  }, 120_000);
});

describe("the protocol", () => {
  const fingerprintOf = (setting: string, given: Record<string, string> = {}) =>
    detection.describe({
      setting,
      options: settingNamed(setting, given).options as never,
      data,
      network: RESNET_FACTS,
      preprocessing: PREPROCESSINGS["imagenet-shorter-224"],
      skipUnreadable: false,
      seed: 0,
    }).fingerprint;
  it("has another fingerprint for another setting, mode or number of steps, and the same wherever detections go", () => {
    const usual = fingerprintOf("detection-frozen");
    const others = [
      fingerprintOf("detection-finetune"),
      fingerprintOf("detection-frozen", { mode: "paper-exact" }),
      fingerprintOf("detection-frozen", { steps: "1200" }),
      fingerprintOf("detection-frozen", { schedule: "published" }),
    ];
    expect(new Set([usual, ...others]).size).toBe(5);
    expect(fingerprintOf("detection-frozen", { schedule: "shortened" })).toBe(usual);
    expect(fingerprintOf("detection-frozen", { predictions: "here" })).toBe(usual);
    expect(fingerprintOf("detection-frozen", { steps: `${SHORTENED.steps}` })).toBe(usual);
  });
  it("scales warm-up and decays with the steps", () => {
    expect(scaled(SHORTENED, 1200)).toMatchObject({ warmUp: 60, milestones: [800, 1066] });
  });
});
