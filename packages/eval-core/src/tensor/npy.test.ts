import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { toFloat32 } from "./half.ts";
import { encodeNpy, NpyError, readNpy, writeNpy } from "./npy.ts";
import { tensor } from "./tensor.ts";
import { allocate, anyTensor, bytesOf, dtypes } from "./typed-array.ts";

const golden: { arrays: Record<string, string>; odd: Record<string, string> } = JSON.parse(
  readFileSync(new URL("../../golden/npy/arrays.json", import.meta.url), "utf8"),
);
const bytes = (base64: string | undefined) => new Uint8Array(Buffer.from(base64!, "base64"));
const folder = mkdtempSync(join(tmpdir(), "npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what NumPy wrote", () => {
  it.each(Object.keys(golden.arrays))("reads %s", (name) => {
    const array = readNpy(bytes(golden.arrays[name]));
    expect(array.dtype).toBe(name.split(" ")[0]);
    expect(array.shape).toEqual([2, 3, 4]);
    const values = array.dtype === "float16" ? toFloat32(array).data : array.data;
    const step = array.dtype.startsWith("float") ? 8 : 1;
    const expected = Array.from({ length: 24 }, (_, i) => (name === "bool" ? Number(i % 2 === 0) : i / step));
    expect(Array.from(values, Number)).toEqual(expected);
  });

  it("reads a scalar and an empty array", () => {
    expect(readNpy(bytes(golden.odd.scalar))).toEqual(tensor("float32", [], Float32Array.of(2.5)));
    expect(readNpy(bytes(golden.odd.empty)).shape).toEqual([0, 3]);
  });

  it.each(["complex", "string", "structured"])("refuses a %s array by name", (name) => {
    expect(() => readNpy(bytes(golden.odd[name]))).toThrow(/element type|structured/);
  });

  it("is what we write, byte for byte, where the header's padding agrees", () => {
    const ours = encodeNpy(readNpy(bytes(golden.arrays.uint8)));
    expect(ours.subarray(-24)).toEqual(bytes(golden.arrays.uint8).subarray(-24));
    expect(ours.length % 64).toBe(24);
  });
});

it("writes and reads back every dtype that NumPy has", () => {
  for (const dtype of dtypes) {
    const data = allocate(dtype, 6);
    bytesOf(data).forEach((_, i, all) => {
      all[i] = dtype === "bool" ? i % 2 : i + 1;
    });
    const array = anyTensor(dtype, [3, 2], data);
    if (dtype === "bfloat16") {
      expect(() => encodeNpy(array)).toThrow(/no bfloat16/);
      continue;
    }
    expect(readNpy(encodeNpy(array))).toEqual(array);
    const path = join(folder, `${dtype}.npy`);
    writeNpy(array, path);
    expect(readNpy(path)).toEqual(array);
  }
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

describe("damaged files", () => {
  const whole = encodeNpy(tensor("float32", [4, 2], new Float32Array(8)));
  const withHeader = (text: string) => {
    const header = new TextEncoder().encode(text);
    return Uint8Array.from([...whole.subarray(0, 8), header.length & 255, header.length >> 8, ...header]);
  };

  it.each([
    ["an empty file", new Uint8Array(0), /magic/],
    ["another file", new TextEncoder().encode("P6 224 224 255 abcdef"), /magic/],
    ["a half file", whole.subarray(0, whole.length - 5), /needs 32 bytes, the file has 27/],
    ["two arrays in one file", Uint8Array.from([...whole, ...whole]), /needs 32 bytes, the file has 192/],
    ["a cut header", whole.subarray(0, 40), /inside its header/],
    ["version 9", Uint8Array.from([...whole.subarray(0, 6), 9, ...whole.subarray(7)]), /version 9/],
    ["a header of nonsense", withHeader("{'shape': 3}"), /make sense/],
    [
      "a shape of petabytes",
      withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000000, 8), }"),
      /needs 128000000000000 bytes/,
    ],
    [
      "a shape beyond all integers",
      withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }"),
      /not a shape/,
    ],
  ])("refuses %s in one sentence", (_, data, message) => {
    expect(() => readNpy(data)).toThrow(NpyError);
    expect(() => readNpy(data)).toThrow(message);
  });

  it("names the file", () => {
    const path = join(folder, "half.npy");
    writeFileSync(path, whole.subarray(0, 130));
    expect(() => readNpy(path)).toThrow(
      /half[.]npy: shape \(4, 2\) of float32 needs 32 bytes, the file has 2/,
    );
  });

  it("either reads or throws NpyError, whatever bit is flipped", () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = whole.slice();
        damaged[at]! ^= flip;
        try {
          readNpy(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(NpyError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
