/** Work in a process of its own: answered as in a thread, held to its memory and time, and nothing else ends with it. */
import { describe, expect, it } from "vitest";
import { GraphBuilder, writeModel } from "../onnx/index.ts";
import { tensor } from "../tensor/index.ts";
import { openSession, type SessionOptions } from "./session.ts";

/** A number, spread over a shape and summed: 4 bytes a place are needed. */
function spread(): Uint8Array {
  const g = new GraphBuilder("spread");
  const x = g.input("x", "float32", [1]);
  const shape = g.input("shape", "int64", ["rank"]);
  g.op("ReduceSum", [g.op("Sqrt", [g.op("Expand", [x, shape])]), g.ints([0])], {}, { output: "y" });
  g.output("y", "float32", ["one"]);
  return writeModel(g.build());
}

const answer = async (size: number, options: SessionOptions) => {
  await using session = await openSession(spread(), { device: "cpu", threads: 1, ...options });
  const shape = tensor("int64", [1], BigInt64Array.of(BigInt(size)));
  const { y } = await session.run({ x: tensor("float32", [1], Float32Array.of(1)), shape });
  return y!.data[0];
};

describe("a session apart", () => {
  it("answers what one in a thread answers", async () => {
    expect(await answer(1000, { apart: {} })).toBe(1000);
  });

  it.skipIf(process.platform !== "linux")("is held to its memory, and says so", async () => {
    const apart = { memoryBytes: 2 ** 30 };
    expect(await answer(2 ** 20, { apart })).toBe(2 ** 20);
    await expect(answer(2 ** 30, { apart })).rejects.toThrow(/memory|allocate|bad_alloc/i);
  });

  it("is stopped where it takes too long", async () => {
    await expect(answer(1000, { apart: { timeoutMs: 1 } })).rejects.toThrow(
      /the graph's own process was stopped: no answer within 0\.001 s/,
    );
  });
});
