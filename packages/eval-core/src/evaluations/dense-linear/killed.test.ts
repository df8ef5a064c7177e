/**
 * A killed training of the linear segmentation head ends where an undisturbed one does, bit for bit. In the full run: the
 * loop and its checkpoints are those of dense/killed.test.ts, which every run holds.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFull } from "../../tensor/testing/counts.ts";
import { runAndKill } from "../testing/killed.ts";

const script = new URL("../testing/head-run.ts", import.meta.url);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "head-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS = ["linear-segmentation-cached", "linear-segmentation"];

it.runIf(isFull).each(SETTINGS)(
  "%s ends at the same weights, losses and values after kill -9",
  async (setting) => {
    const undisturbed = await runAndKill(script, [setting, join(folder, `${setting}-whole`)]);
    expect(undisturbed.last).toMatch(/^weights [0-9a-f]{64} /);
    expect(undisturbed.steps).toBe(6);
    const work = join(folder, `${setting}-killed`);
    for (const at of [3, 2, 1]) expect((await runAndKill(script, [setting, work], at)).killed).toBe(true);
    const end = await runAndKill(script, [setting, work]);
    expect(end.last).toBe(undisturbed.last);
    expect(end.steps).toBeLessThan(undisturbed.steps);
  },
  120_000,
);
