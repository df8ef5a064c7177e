/** Round trips of what we write; a file of the reference writer is held in golden.test.ts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadTensors } from "../../backbones/checkpoint.ts";
import type { AnyTensor } from "../../tensor/tensor.ts";
import { allocate, anyTensor, bytesOf, bytesPerElement, dtypes } from "../../tensor/typed-array.ts";
import { memorySource } from "../source.ts";
import { readSafetensors, saveSafetensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("writes every dtype so that it comes back bit for bit, aligned to its own width", async () => {
  const tensors = new Map<string, AnyTensor>();
  for (const dtype of dtypes) {
    const data = allocate(dtype, 3);
    bytesOf(data).forEach((_, i, all) => {
      all[i] = dtype === "bool" ? i % 2 : 37 * i + 1;
    });
    tensors.set(dtype, anyTensor(dtype, [3, 1], data));
  }
  tensors.set("scalar", anyTensor("int64", [], BigInt64Array.of(-5n)));
  tensors.set("empty", anyTensor("float32", [0, 2], new Float32Array(0)));
  const path = join(folder, "all.safetensors");
  saveSafetensors(tensors, path, { note: "ü" });
  const back = await loadTensors(path);
  expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
  for (const [name, { dtype, shape, data }] of tensors) {
    const found = back.get(name)!;
    expect([name, found.dtype, found.shape]).toEqual([name, dtype, shape]);
    expect(bytesOf(found.data)).toEqual(bytesOf(data));
  }

  const file = new Uint8Array(readFileSync(path));
  expect(readSafetensors(memorySource(file)).metadata).toEqual({ note: "ü" });
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  expect(headerLength % 8).toBe(0);
  const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(
    new TextDecoder().decode(file.subarray(8, 8 + headerLength)),
  );
  for (const [name, { dtype }] of tensors) {
    expect(header[name]!.data_offsets[0] % bytesPerElement(dtype)).toBe(0);
  }
});

describe("a file that another reader would take otherwise", () => {
  const read = (header: string, bytes: number) => () => {
    const text = new TextEncoder().encode(header);
    const file = new Uint8Array(8 + text.length + bytes);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    return readSafetensors(memorySource(file));
  };
  const entry = (name: string, from: number, to: number) =>
    `"${name}":{"dtype":"U8","shape":[${to - from}],"data_offsets":[${from},${to}]}`;

  it.each([
    ["a name told twice", `{${entry("a", 0, 2)},${entry("a", 2, 4)}}`, /has 'a' twice/],
    ["a gap", `{${entry("a", 0, 2)},${entry("b", 3, 4)}}`, /bytes 115 to 115 belong to no tensor/],
    ["bytes behind the last tensor", `{${entry("a", 0, 2)}}`, /belong to no tensor/],
    ["an overlap", `{${entry("a", 0, 3)},${entry("b", 2, 4)}}`, /overlap/],
  ])("%s is refused", (_, header, message) => {
    expect(read(header, 4)).toThrow(message);
  });

  it("is read where each byte has one tensor", () => {
    const { root } = read(`{${entry("a", 0, 2)},${entry("b", 2, 4)}}`, 4)();
    expect([...(root as Map<string, unknown>).keys()]).toEqual(["a", "b"]);
  });
});
