/** Attention and reconstruction on WebGPU, in software under SwiftShader, against PyTorch's answers. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../packages/eval-core/src/conformance/index.ts";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { swiftShader } from "./swiftshader.ts";

const program = fileURLToPath(
  new URL("../../packages/eval-core/src/evaluations/testing/features-webgpu-run.ts", import.meta.url),
);
const driver = swiftShader();
if ("missing" in driver)
  console.warn(`SKIPPED: reconstruction and attention on WebGPU are not tested: ${driver.missing}`);

// Thousands of passes by a driver in software: minutes.
describe.skipIf("missing" in driver || !isFull)("what features keep on WebGPU", () => {
  it.each(["attention", "dip"])("%s", { timeout: 900_000 }, async (part) => {
    const env = "env" in driver ? driver.env : {};
    const { stdout } = await promisify(execFile)(process.execPath, [program, part], { env });
    const findings = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Finding);
    expect(findings.length).toBeGreaterThan(8);
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  });
});
