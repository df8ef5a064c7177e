/**
 * Attention and reconstruction by the command: kill -9 in the middle, and on to the same values; recorded with their
 * pictures, whose hashes are those of the files that are kept.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "@transferboard/prisma/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { checkpoint, golden, start, temporaryFolder } from "./command.ts";

function pictures(): string {
  const folder = join(temporaryFolder(), "two pictures");
  mkdirSync(folder);
  for (const name of ["rgb.png", "rgb_444_progressive.jpg"])
    copyFileSync(golden(`decode/${name}`), join(folder, name));
  return folder;
}

const command = (kind: readonly string[], images: string, cache: string) => [
  ...["evaluate", "--checkpoint", checkpoint, "--method", "untrained-resnet", "--protocol", ...kind],
  ...["--images", images, "--device", "cpu", "--threads", "1", "--cache", cache, "--json"],
];

/** Waits until unfinished work of this name lies in the cache. */
async function untilKept(cache: string, name: string): Promise<void> {
  const folder = join(cache, "unfinished");
  for (;;) {
    try {
      if (readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith(name))) return;
    } catch {
      // Not begun yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const valuesOf = (stdout: string) =>
  (JSON.parse(stdout) as { values: { measure: string; value: number }[] }).values;

describe.each([
  { kind: ["attention", "--stride", "10", "--limit", "1"], kept: "picture-0.safetensors", run: true },
  // At the published width: minutes on two cores.
  {
    kind: ["reconstruction", "--iterations", "30", "--limit", "1"],
    kept: "current.safetensors",
    run: isFull,
  },
])("$kind.0", ({ kind, kept, run }) => {
  it.runIf(run)("killed in the middle goes on to the same values", { timeout: 900_000 }, async () => {
    const images = pictures();
    const database = await testDatabase();
    onTestFinished(() => database.drop());
    const whole = await start([...command(kind, images, temporaryFolder()), "--no-record"]).ended;
    expect(whole).toMatchObject({ code: 0 });
    const cache = temporaryFolder();
    const { child, ended } = start(command(kind, images, cache), { databaseUrl: database.appUrl });
    await untilKept(cache, kept);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    const resumed = await start(command(kind, images, cache), { databaseUrl: database.appUrl }).ended;
    expect(resumed).toMatchObject({ code: 0 });
    expect(valuesOf(resumed.stdout)).toEqual(valuesOf(whole.stdout));

    const { record, protocol } = await database.client.run.findFirstOrThrow({
      where: { state: "DONE" },
      include: { protocol: true },
    });
    expect(protocol.title).toMatch(/\(reduced\)$/);
    const { artefacts } = record as { artefacts: { sha256: string; role: string; item: string }[] };
    expect(new Set(artefacts.map(({ role }) => role))).toContain("original");
    for (const { sha256 } of artefacts) {
      const bytes = readFileSync(join(cache, "artefacts", sha256.slice(0, 2), sha256));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    }
  });
});
