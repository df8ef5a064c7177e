/** What a killed run left: whole, of another run, damaged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tensor } from "../tensor/index.ts";
import { ResumeStore } from "./resume.ts";

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "resume-"));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (identity = "one") => new ResumeStore(folder, identity, (sentence) => said.push(sentence));
const weights = (value: number) => ({
  tensors: new Map([["w", tensor("float32", [2], Float32Array.of(value, value))]]),
  about: { step: value },
});

describe("a resume store", () => {
  it("answers what was written last by a run of the same identity, and nothing of another's", async () => {
    const store = open();
    store.write("finished", [1]);
    store.write("finished", [1, 2]);
    store.saveTensors("current", weights(1));
    store.saveTensors("current", weights(2));
    expect(open().read("finished")).toEqual([1, 2]);
    expect(await open().loadTensors("current")).toEqual(weights(2));
    expect(open("other").read("finished")).toBeUndefined();
    expect(await open("other").loadTensors("current")).toBeUndefined();
    expect(said).toEqual([]);
    store.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("goes on from the one before where the last is damaged, and says so", async () => {
    const store = open();
    store.write("finished", [1]);
    store.write("finished", [1, 2]);
    store.saveTensors("current", weights(1));
    store.saveTensors("current", weights(2));
    writeFileSync(join(folder, "finished.json"), '{"identity":"one","val');
    // One bit of a weight.
    const path = join(folder, "current.safetensors");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    expect(open().read("finished")).toEqual([1]);
    expect(await open().loadTensors("current")).toEqual(weights(1));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(
      /^the saved state .*finished\.json cannot be read \(.+\): going on from .*finished\.previous\.json$/,
    );
    expect(said[1]).toMatch(
      /current\.safetensors cannot be read \(its content is not what was written\): going on from .*current\.previous\.safetensors$/,
    );
  });

  it("begins anew where nothing can be read", async () => {
    const store = open();
    store.saveTensors("current", weights(1));
    writeFileSync(join(folder, "current.safetensors"), Buffer.alloc(40, 255));
    expect(await open().loadTensors("current")).toBeUndefined();
    expect(said).toEqual([
      expect.stringMatching(/current\.safetensors cannot be read \(.+\): beginning anew$/),
    ]);
  });

  it("clears away what a kill in the middle of a write left, and keeps nothing without a folder", async () => {
    writeFileSync(join(folder, ".current.safetensors.x.part"), "half");
    open();
    expect(readdirSync(folder)).toEqual([]);
    const nowhere = new ResumeStore(undefined, "one");
    nowhere.saveTensors("current", weights(1));
    nowhere.write("finished", 1);
    expect(await nowhere.loadTensors("current")).toBeUndefined();
    expect(nowhere.read("finished")).toBeUndefined();
  });
});
