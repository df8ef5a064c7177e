/** A killed run of dense prediction ends where an undisturbed one does, bit for bit. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../../tensor/index.ts";
import { count, isFull } from "../../tensor/testing/counts.ts";
import { runAndKill } from "../testing/killed.ts";

const script = new URL("../testing/dense-run.ts", import.meta.url);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dense-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The three share their trainer and its states: the full run kills all. */
const KINDS = ["detection", ...(isFull ? ["surface-normals", "segmentation"] : [])];

describe.each(KINDS)("%s", (which) => {
  it("ends at the same weights, losses and score after kill -9 at random steps", async () => {
    const undisturbed = await runAndKill(script, [which, join(folder, `${which}-whole`)]);
    expect(undisturbed.last).toMatch(/^weights [0-9a-f]{64} /);
    const seed = Date.now() % 1_000_000;
    const random = new SeededRandom(seed);
    const work = join(folder, `${which}-killed`);
    for (let kills = 0; kills < count(1, 3); kills++) {
      const killed = await runAndKill(script, [which, work], 1 + random.below(3));
      expect(killed.killed, `seed ${seed}`).toBe(true);
    }
    const end = await runAndKill(script, [which, work]);
    expect(end.last, `seed ${seed}`).toBe(undisturbed.last);
    expect(end.steps).toBeLessThanOrEqual(undisturbed.steps);
  }, 300_000);
});
