/** The gradients of the golden networks on WebGPU, in software under SwiftShader, against PyTorch's. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { FLOAT32_TOLERANCE, networks } from "../../packages/eval-core/src/autodiff/testing/networks.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { swiftShader } from "./swiftshader.ts";

/** Compiling shaders in software takes up to half a minute a network: one, and all in the full run. */
const held = isFull ? networks : (["vit"] as const);

const program = fileURLToPath(
  new URL("../../packages/eval-core/src/autodiff/testing/networks-webgpu-run.ts", import.meta.url),
);
const driver = swiftShader();
if ("missing" in driver) console.warn(`SKIPPED: the networks on WebGPU are not tested: ${driver.missing}`);

describe.skipIf("missing" in driver)("networks on WebGPU", () => {
  const errors = new Map<string, number>();
  beforeAll(async () => {
    const env = "env" in driver ? driver.env : {};
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...held], { env });
    for (const line of stdout.trim().split("\n")) {
      const { network, error } = JSON.parse(line) as { network: string; error: number };
      errors.set(network, error);
    }
  }, 300_000);

  it.each(held)("%s", (name) => expect(errors.get(name)).toBeLessThan(FLOAT32_TOLERANCE));
});
