import { readFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { type MatValue, matNumbers, parseMat } from "./mat.ts";

const GOLDEN = new URL("../../golden/mat/", import.meta.url);
const read = async (name: string) => new Uint8Array(await readFile(new URL(name, GOLDEN)));

/** A value as plain JavaScript. */
function plain(value: MatValue | undefined): unknown {
  switch (value?.kind) {
    case "numbers":
      return Array.from(value.data);
    case "text":
      return value.text;
    case "cells":
      return value.cells.map(plain);
    case "structs":
      return value.records.map((record) => Object.fromEntries([...record].map(([k, v]) => [k, plain(v)])));
    case undefined:
      return undefined;
  }
}

describe("what SciPy wrote", () => {
  test.each(["kinds.mat", "kinds_compressed.mat"])("%s", async (name) => {
    const variables = parseMat(await read(name), name);
    const found = Object.fromEntries([...variables].map(([key, value]) => [key, plain(value)]));
    expect(found).toEqual({
      // Column by column.
      double: [1.5, 0.25, -2, 4],
      single: [0.5, Math.fround(1e20)],
      int8: [-128, 127],
      uint16: [0, 65535],
      int32: [-(2 ** 31), 2 ** 31 - 1],
      uint32: [2 ** 32 - 1],
      int64: [-(2 ** 53), 2 ** 53],
      empty: [],
      text: "Käfer",
      cells: ["one", [2], ["nested"]],
      struct: [{ a: [1], b: "two", c: [{ d: [7] }] }],
    });
    expect(variables.get("double")?.dims).toEqual([2, 2]);
    expect(variables.get("empty")?.dims).toEqual([0, 3]);
  });
});

describe("damage", () => {
  it("refuses every truncation by a sentence that names the file", async () => {
    for (const name of ["kinds.mat", "kinds_compressed.mat"]) {
      const whole = await read(name);
      const lengths = [...parseMat(whole, name)].length;
      for (let length = 0; length < whole.length; length += 7) {
        let variables = 0;
        try {
          variables = parseMat(whole.subarray(0, length), name).size;
        } catch (error) {
          expect(String(error)).toMatch(/^DatasetError: kinds.*\.mat: .*; expected a \.mat file of level 5/);
          continue;
        }
        // A cut between two variables leaves a whole file of fewer.
        expect(variables).toBeLessThan(lengths);
      }
    }
  });

  it("names version 7.3", () => {
    const header = new TextEncoder().encode("MATLAB 7.3 MAT-file".padEnd(512, " "));
    expect(() => parseMat(header, "x.mat")).toThrow(
      "x.mat is a .mat file of version 7.3 (HDF5): save it again with -v7",
    );
  });

  it("names a variable that is not there", async () => {
    const variables = parseMat(await read("setid.mat"), "setid.mat");
    expect(matNumbers(variables, "trnid", "setid.mat")).toEqual([1, 2, 3]);
    expect(() => matNumbers(variables, "labels", "setid.mat")).toThrow(
      'setid.mat has no numbers named "labels"; it has trnid, valid, tstid',
    );
  });
});
