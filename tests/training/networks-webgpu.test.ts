/** The gradients of the golden networks on WebGPU, in software under SwiftShader, against PyTorch's. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { FLOAT32_TOLERANCE, networks } from "../../packages/eval-core/src/autodiff/testing/networks.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { swiftShader } from "./swiftshader.ts";

const program = fileURLToPath(
  new URL("../../packages/eval-core/src/autodiff/testing/networks-webgpu-run.ts", import.meta.url),
);
const driver = swiftShader();
if ("missing" in driver) console.warn(`SKIPPED: the networks on WebGPU are not tested: ${driver.missing}`);

// Compiling shaders in software takes up to half a minute a network; every run holds the operators there.
describe.skipIf("missing" in driver || !isFull)("networks on WebGPU", () => {
  const errors = new Map<string, number>();
  beforeAll(async () => {
    const env = "env" in driver ? driver.env : {};
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...networks], { env });
    for (const line of stdout.trim().split("\n")) {
      const { network, error } = JSON.parse(line) as { network: string; error: number };
      errors.set(network, error);
    }
  }, 300_000);

  it.each(networks)("%s", (name) => expect(errors.get(name)).toBeLessThan(FLOAT32_TOLERANCE));
});
