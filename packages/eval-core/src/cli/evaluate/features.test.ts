/** Labels that no classifier can be made of are a sentence before anything is computed, or memory is asked for. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type AnyTensor, tensor, writeNpy } from "../../tensor/index.ts";
import { makeTerminal } from "../terminal.ts";
import { evaluateFeatures } from "./features.ts";

const folder = mkdtempSync(join(tmpdir(), "transferboard-features-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(y: AnyTensor): void {
  for (const split of ["train", "val", "test"]) {
    writeNpy(
      tensor("float32", [4, 2], Float32Array.of(0, 1, 1, 0, 0, 2, 2, 0)),
      join(folder, `${split}_x.npy`),
    );
    const good = tensor("int64", [4], BigInt64Array.of(0n, 1n, 0n, 1n)) as AnyTensor;
    writeNpy(split === "val" ? y : good, join(folder, `${split}_y.npy`));
  }
}

it.each([
  [
    "far out of range",
    tensor("int64", [4], BigInt64Array.of(0n, 2_000_000_000n, 0n, 1n)),
    "2000000000 in row 1",
  ],
  ["no number", tensor("float32", [4], Float32Array.of(0, 1, Number.NaN, 1)), "NaN in row 2"],
] as const)("labels %s", async (_, y, found) => {
  write(y as AnyTensor);
  const context = { terminal: makeTerminal(true), signal: new AbortController().signal };
  const options = {
    features: folder,
    protocol: "many-shot-linear",
    given: {},
    device: "cpu",
    seed: "0",
    preprocessing: "imagenet-shorter-224",
    record: false,
  };
  await expect(evaluateFeatures(context, options)).rejects.toThrow(
    `the val labels hold ${found}: expected class numbers from 0 up, below 100000`,
  );
});
