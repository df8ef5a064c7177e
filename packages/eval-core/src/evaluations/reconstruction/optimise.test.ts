/** An optimisation that stops in the middle, by Ctrl-C or by kill -9, goes on to the same picture, to the last bit. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Attempt, ITERATIONS, reconstructSmall } from "./testing/small.ts";

const program = fileURLToPath(new URL("testing/small.ts", import.meta.url));
let folder: string;
let whole: Attempt;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "optimise-"));
  whole = await reconstructSmall(join(folder, "whole"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectTheSame({ result }: Attempt): void {
  expect(result.output).toEqual(whole.result.output);
  expect(result.finalLoss).toBe(whole.result.finalLoss);
  expect(result.initialLoss).toBe(whole.result.initialLoss);
}

describe("an optimisation", () => {
  it("improves, and makes no finished picture again", async () => {
    expect(whole.told).toBe(ITERATIONS);
    expect(whole.result.finalLoss).toBeLessThan(whole.result.initialLoss);
    const again = await reconstructSmall(join(folder, "whole"));
    expect(again.told).toBe(1);
    expect(again.result.output.data).toEqual(whole.result.output.data);
  });

  it("stops where it is told, keeps what it has, and goes on from there", async () => {
    const work = join(folder, "stopped");
    const stop = new AbortController();
    let steps = 0;
    const onStep = () => void (++steps > 5 && stop.abort());
    await expect(reconstructSmall(work, { signal: stop.signal, onStep })).rejects.toThrow();
    const resumed = await reconstructSmall(work);
    // One update tells of what was known.
    expect(resumed.told).toBe(1 + ITERATIONS - 6);
    expectTheSame(resumed);
  });

  it("killed goes on from its last checkpoint", { timeout: 60_000 }, async () => {
    const work = join(folder, "killed");
    const killed = promisify(execFile)(process.execPath, [program, work, "5"]);
    await expect(killed).rejects.toMatchObject({ signal: "SIGKILL" });
    const resumed = await reconstructSmall(work);
    // The step at hand was not kept.
    expect(resumed.told).toBe(1 + ITERATIONS - 5);
    expectTheSame(resumed);
  });
});
