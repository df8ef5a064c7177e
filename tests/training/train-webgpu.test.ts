/**
 * The golden training steps by `transferboard train` on WebGPU, in software under SwiftShader: the numbers that
 * PyTorch made, and no node of the training graph left to the CPU.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadTensors } from "@transferboard/eval-core/checkpoints";
import type { AnyTensor } from "@transferboard/eval-core/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { swiftShader } from "./swiftshader.ts";

const core = (path: string) => fileURLToPath(new URL(`../../packages/eval-core/${path}`, import.meta.url));
const golden = (file: string) => core(`golden/finetune/${file}`);
const expected = JSON.parse(readFileSync(golden("expected.json"), "utf8")) as {
  losses: number[];
  learning_rates: number[];
};
const driver = swiftShader();
if ("missing" in driver) console.warn(`SKIPPED: training on WebGPU is not tested: ${driver.missing}`);

/** The largest error of any tensor, relative to its largest element. */
function worst(found: ReadonlyMap<string, AnyTensor>, wanted: ReadonlyMap<string, AnyTensor>): number {
  let most = 0;
  for (const [name, { data }] of wanted) {
    if (name.endsWith("num_batches_tracked")) continue;
    const answer = found.get(name)!.data;
    let [error, size] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      error = Math.max(error, Math.abs(Number(answer[i]) - Number(data[i])));
      size = Math.max(size, Math.abs(Number(data[i])));
    }
    most = Math.max(most, error / size);
  }
  return most;
}

describe.skipIf("missing" in driver)("transferboard train on WebGPU", () => {
  let folder: string;
  let answer: { device: string; losses: number[]; learning_rates: number[] };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "train-webgpu-"));
    const run = promisify(execFile)(
      process.execPath,
      [
        ...[core("src/cli/main.ts"), "train"],
        ...["--checkpoint", golden("initial.pth"), "--backbone-prefix", "0.", "--head-prefix", "1."],
        ...["--x", golden("batches_x.npy"), "--y", golden("batches_y.npy")],
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
    expect(worst(found, await loadTensors(golden("first_step_gradients.pth")))).toBeLessThan(1e-4);
  });

  it("has the first five losses to 1e-4, and the later ones to 2e-2", () => {
    // 2e-2, not 1e-2: from the sixth step on the golden hangs on the sign of one value before a ReLU that is -1.7e-6 in
    // exact arithmetic; PyTorch itself in float64 differs by 1.3e-2.
    for (const [i, loss] of answer.losses.entries())
      expect(Math.abs(loss / expected.losses[i]! - 1), `step ${i + 1}`).toBeLessThan(i < 5 ? 1e-4 : 2e-2);
  });

  it("follows the cosine", () => {
    for (const [i, rate] of answer.learning_rates.entries())
      expect(rate).toBeCloseTo(expected.learning_rates[i]!, 12);
  });

  it("writes the weights under the checkpoint's own names", async () => {
    const found = await loadTensors(join(folder, "final.safetensors"));
    expect(worst(found, await loadTensors(golden("final.pth")))).toBeLessThan(0.1);
  });
});
