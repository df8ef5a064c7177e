/** A flipped byte of a dump is refused with a sentence, or changes nothing: gzip's header has bytes that say nothing. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "@transferboard/prisma/testing";
import { expect, it, onTestFinished } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { dump } from "../../prisma/src/backup/dump.ts";
import { rowsOf } from "../../prisma/src/backup/read.ts";
import { flip } from "./flips.ts";

const TIMES = count(20, 500);

it(`of a dump, ${TIMES} times`, { timeout: 900_000 }, async () => {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), "flips-dump-"));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });
  const file = join(folder, "warehouse.dump.gz");
  await dump(database.url, file);
  const read = async () => {
    const hash = createHash("sha256");
    for await (const { text } of rowsOf(file, (header) => hash.update(JSON.stringify(header))))
      hash.update(text);
    return hash.digest("hex");
  };
  const isRefusal = (error: Error) =>
    error.name === "DatabaseError" && /take another copy|not a dump/.test(error.message);
  const { refused, harmless, faults } = await flip({ file, times: TIMES, read, isRefusal });
  console.log(`dump: ${refused} refused, ${harmless} harmless of ${TIMES}`);
  expect(faults).toEqual([]);
  expect(refused).toBeGreaterThan(harmless);
});
