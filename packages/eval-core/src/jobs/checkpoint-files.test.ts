/** A folder of weights by hash: found, followed through changes, and hashed no more often than needed. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { checkpointFiles } from "./checkpoint-files.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

it("finds a file by its hash, and hashes only what has changed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weights-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const cache = join(folder, "hashes.json");
  const inner = join(folder, "moco", "v2.pth.tar");
  mkdirSync(join(folder, "moco"));
  writeFileSync(join(folder, "a.pth"), "one");
  writeFileSync(inner, "two");
  writeFileSync(join(folder, "notes.txt"), "three");
  const hashed: string[] = [];
  const signal = new AbortController().signal;
  const find = (text: string) =>
    checkpointFiles(folder, cache).find(sha256(text), { signal, onHash: (file) => hashed.push(file) });
  expect(await find("two")).toBe(inner);
  expect(hashed.splice(0)).toEqual([join(folder, "a.pth"), inner]);
  expect(await find("one")).toBe(join(folder, "a.pth"));
  expect(await find("three")).toBeUndefined();
  expect(hashed.splice(0)).toEqual([]);

  writeFileSync(inner, "new");
  utimesSync(inner, 1, 1);
  expect(await find("two")).toBeUndefined();
  expect(await find("new")).toBe(inner);
  expect(hashed.splice(0)).toEqual([inner]);

  writeFileSync(cache, '{"half": ');
  expect(await find("one")).toBe(join(folder, "a.pth"));
  expect(hashed).toHaveLength(1);
});
