/**
 * Ten steps of fine-tuning of a ViT, a DINOv3 and a ConvNeXt V2: the CPU and WebGPU under SwiftShader agree. In the full
 * run only: software takes minutes for them.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { swiftShader } from "./swiftshader.ts";

const program = fileURLToPath(
  new URL("../../packages/eval-core/src/training/testing/backbones-run.ts", import.meta.url),
);
const driver = swiftShader();
if ("missing" in driver) console.warn(`SKIPPED: the backbones on WebGPU are not tested: ${driver.missing}`);

interface Trained {
  readonly name: string;
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, number>>;
}

async function trainedOn(device: string, env: NodeJS.ProcessEnv): Promise<Map<string, Trained>> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, device], { env });
  const lines = stdout.trim().split("\n");
  return new Map(lines.map((line) => JSON.parse(line) as Trained).map((one) => [one.name, one]));
}

describe.skipIf("missing" in driver || !isFull)("ten steps on two devices", () => {
  let [cpu, webgpu] = [new Map<string, Trained>(), new Map<string, Trained>()];
  beforeAll(async () => {
    cpu = await trainedOn("cpu", process.env);
    webgpu = await trainedOn("webgpu", "env" in driver ? driver.env : {});
  }, 900_000);

  it.each(["dinov2_reg", "dinov3", "convnextv2"])("%s", (name) => {
    const [ours, theirs] = [cpu.get(name)!, webgpu.get(name)!];
    expect(ours.losses.at(-1)).not.toBe(ours.losses[0]);
    ours.losses.forEach((loss, i) => {
      expect(Math.abs(theirs.losses[i]! - loss) / Math.abs(loss)).toBeLessThan(1e-4);
    });
    for (const [key, size] of Object.entries(ours.weights)) {
      expect(Math.abs(theirs.weights[key]! - size) / (size || 1), key).toBeLessThan(1e-4);
    }
  });
});
