/**
 * The gradient of every operator on WebGPU, in software under SwiftShader: what the reference interpreter answers, and
 * but for a few named ones no node left to the CPU.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { cases } from "../../packages/eval-core/src/autodiff/testing/cases.ts";
import { swiftShader } from "./swiftshader.ts";

const SEED = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 1_000_000_007);
const RUNS = 2;
const program = fileURLToPath(
  new URL("../../packages/eval-core/src/autodiff/testing/webgpu-run.ts", import.meta.url),
);
const driver = swiftShader();
if ("missing" in driver) console.warn(`SKIPPED: the operators on WebGPU are not tested: ${driver.missing}`);

describe.skipIf("missing" in driver)(`WebGPU, ${RUNS} random cases each, seed ${SEED}`, () => {
  const faults = new Map<string, string | null>();
  beforeAll(async () => {
    const run = promisify(execFile)(process.execPath, [program, String(SEED), String(RUNS)], {
      env: "env" in driver ? driver.env : {},
    });
    for (const line of (await run).stdout.trim().split("\n")) {
      const { op, fault } = JSON.parse(line) as { op: string; fault: string | null };
      faults.set(op, fault);
    }
  }, 300_000);

  it.each(Object.keys(cases))("%s", (op) => expect(faults.get(op)).toBeNull());
});
