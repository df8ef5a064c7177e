/** What a record says of trained weights, so that two runs can be told to have ended at the same ones. */
import { createHash } from "node:crypto";
import { bytesOf } from "../tensor/index.ts";
import type { AnyTensor } from "../tensor/tensor.ts";

/** One SHA-256 for a set of weights, whatever their order, in hexadecimal. */
export function hashOfWeights(weights: ReadonlyMap<string, AnyTensor>): string {
  const hash = createHash("sha256");
  for (const [name, { data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\0`).update(bytesOf(data));
  return hash.digest("hex");
}
