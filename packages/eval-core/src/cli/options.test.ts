/** What the command says of files that are not there, before any work begins. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ResumeStore, searchGrid, TrainingError } from "../training/index.ts";
import { cacheFolder } from "./context.ts";
import { exitCodeOf, isFinal, sentenceOf } from "./exit-codes.ts";
import { fileToWrite, methodSlug } from "./options.ts";

describe("a file to write", () => {
  it("passes where its folder is there", () => {
    const path = join(tmpdir(), "not-yet-there.npy");
    expect(fileToWrite("--out", path)).toBe(path);
    expect(fileToWrite("--out", "beside-me.npy")).toBe("beside-me.npy");
  });

  it("is refused where its folder is not, and where it is a folder", () => {
    expect(() => fileToWrite("--out", "/nowhere/x.npy")).toThrow(
      "--out /nowhere/x.npy: there is no folder /nowhere to write to; make it first",
    );
    expect(() => fileToWrite("--out", tmpdir())).toThrow("is a folder: give the name of a file in it");
  });
});

describe("a cache", () => {
  const folder = mkdtempSync(join(tmpdir(), "transferboard-cache-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is made with the folders around it", () => {
    const deep = join(folder, "a", "b", "c");
    expect(cacheFolder(deep)).toBe(deep);
    expect(cacheFolder(deep)).toBe(deep);
    expect(statSync(deep).isDirectory()).toBe(true);
  });

  it("that cannot be made is refused at once", () => {
    writeFileSync(join(folder, "file"), "");
    for (const wrong of [join(folder, "file"), join(folder, "file", "inside")])
      expect(() => cacheFolder(wrong)).toThrow(/--cache .*file.*cannot be made \(a file is in its place\)/);
  });

  it.runIf(process.platform === "linux")("is refused, too, where making it would never end", () => {
    expect(() => cacheFolder("/proc/not-there/cache")).toThrow(/--cache .* cannot be made \(ENOENT\)/);
  });
});

it("a method is called as the record calls it, an organisation's with its dot", () => {
  for (const slug of ["moco-v2", "facebook.dinov2-base", "vit-base-patch16-224.augreg-in21k"])
    expect(methodSlug(slug)).toBe(slug);
  for (const wrong of ["SwAV", "a..b", "-a", "a b", "facebook/swav", "", "é", "a".repeat(101)])
    expect(() => methodSlug(wrong)).toThrow(/--method must be small letters and digits/);
});

it("a missing file to read is a sentence that names it, without the system's codes", () => {
  let found: unknown;
  try {
    readFileSync("/nowhere/y.npy");
  } catch (error) {
    found = error;
  }
  expect(sentenceOf(found)).toBe("/nowhere/y.npy: no such file or folder");
  expect(exitCodeOf(found)).toEqual({ code: 3, expected: true });
});

it("a grid of which all diverges is no reason to try again; a device that failed, or a thread that died, is", async () => {
  const store = { read: () => undefined, write: () => undefined } as unknown as ResumeStore;
  const run = async () => ({
    configuration: 1,
    validation: null,
    diverged: "the loss became NaN at step 1 of 6",
  });
  const diverged: unknown = await searchGrid({ configurations: [1], run, store }).catch((error) => error);
  expect(sentenceOf(diverged)).toContain("every configuration of the grid diverged");
  expect(exitCodeOf(diverged)).toEqual({ code: 1, expected: true });
  expect(isFinal(diverged)).toBe(true);
  const named = (name: string) => Object.assign(new Error("x"), { name });
  expect(isFinal(named("CheckpointError"))).toBe(true);
  expect(isFinal(named("RuntimeError"))).toBe(false);
  expect(isFinal(new TrainingError("the loading thread ended"))).toBe(false);
});
