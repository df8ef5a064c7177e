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
    const env = "env" in driver ? driver.env : {};
    const { stdout, died } = await promisify(execFile)(
      process.execPath,
      [program, String(SEED), String(RUNS)],
      {
        env,
      },
    ).then(
      (ended) => ({ ...ended, died: "the program ended before" }),
      // What it printed until then still says which operators are right, and which one it did not survive.
      (error: Error & { stdout: string; stderr: string; signal: string | null }) => ({
        stdout: error.stdout,
        died: `the program died here or before: ${error.signal ?? ""} ${error.stderr.slice(0, 1000)}`,
      }),
    );
    for (const op of Object.keys(cases)) faults.set(op, died);
    for (const line of stdout.split("\n").filter((text) => text !== "")) {
      const { op, fault } = JSON.parse(line) as { op: string; fault: string | null };
      faults.set(op, fault);
    }
  }, 300_000);

  it.each(Object.keys(cases))("%s", (op) => expect(faults.get(op)).toBeNull());
});
