/**
 * The golden training steps by `transferboard train` on WebGPU, in software under SwiftShader: the numbers that
 * PyTorch made, and no node of the training graph left to the CPU.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadTensors } from "@transferboard/eval-core/backbones";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { worstError } from "../../packages/eval-core/src/autodiff/testing/worst-error.ts";
import {
  FINAL_TOLERANCE,
  GRADIENT_TOLERANCE,
  goldenFile,
  goldenSteps,
  lossTolerance,
} from "../../packages/eval-core/src/evaluations/testing/finetune-golden.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { swiftShader } from "./swiftshader.ts";

const core = (path: string) => fileURLToPath(new URL(`../../packages/eval-core/${path}`, import.meta.url));
const driver = swiftShader();
if ("missing" in driver) console.warn(`SKIPPED: training on WebGPU is not tested: ${driver.missing}`);

// A minute in software: npm test holds operators and a network on WebGPU, the full run twelve steps of training too.
describe.skipIf("missing" in driver || !isFull)("transferboard train on WebGPU", () => {
  let folder: string;
  let answer: { device: string; losses: number[]; learning_rates: number[] };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "train-webgpu-"));
    const run = promisify(execFile)(
      process.execPath,
      [
        ...[core("src/cli/main.ts"), "train"],
        ...["--checkpoint", goldenFile("initial.pth"), "--backbone-prefix", "0.", "--head-prefix", "1."],
        ...["--x", goldenFile("batches_x.npy"), "--y", goldenFile("batches_y.npy")],
        ...[
          "--lr",
          "0.02",
          "--weight-decay",
          "1e-3",
          "--nesterov",
          "--momentum",
          "0.9",
          "--schedule",
          "cosine",
        ],
        // Refuses a graph of which any node would fall back to the CPU.
        ...["--device", "webgpu", "--no-fallback"],
        ...[
          "--gradients",
          join(folder, "gradients.safetensors"),
          "--out",
          join(folder, "final.safetensors"),
          "--json",
        ],
      ],
      { env: "env" in driver ? driver.env : {}, maxBuffer: 2 ** 24 },
    );
    answer = JSON.parse((await run).stdout) as typeof answer;
  }, 400_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs all of every step there", () => expect(answer.device).toBe("webgpu"));

  it("computes the first gradients to 1e-4", async () => {
    const found = await loadTensors(join(folder, "gradients.safetensors"));
    expect(worstError(found, await loadTensors(goldenFile("first_step_gradients.pth")))).toBeLessThan(
      GRADIENT_TOLERANCE,
    );
  });

  it("has the first five losses to 1e-4, the later ones to 1e-2 but for the eleventh", () => {
    for (const [i, loss] of answer.losses.entries())
      expect(Math.abs(loss / goldenSteps.losses[i]! - 1), `step ${i + 1}`).toBeLessThan(lossTolerance(i));
  });

  it("follows the cosine", () => {
    for (const [i, rate] of answer.learning_rates.entries())
      expect(rate).toBeCloseTo(goldenSteps.learning_rates[i]!, 12);
  });

  it("writes the weights under the checkpoint's own names", async () => {
    const found = await loadTensors(join(folder, "final.safetensors"));
    expect(worstError(found, await loadTensors(goldenFile("final.pth")))).toBeLessThan(FINAL_TOLERANCE);
  });
});
