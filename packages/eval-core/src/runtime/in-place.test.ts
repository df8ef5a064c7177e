import * as ort from "onnxruntime-node";
import { expect, it, onTestFinished } from "vitest";
import { identityModel } from "./identity.ts";
import { memoryFor, runInPlace, withFront } from "./in-place.ts";

async function identity() {
  const session = await ort.InferenceSession.create(withFront(identityModel("float32", 1)), {
    executionProviders: ["cpu"],
  });
  onTestFinished(() => session.release());
  return session;
}
const three = (...values: number[]) => new ort.Tensor("float32", Float32Array.from(values), [3]);

it("is spared the copy: the pinned onnxruntime-node runs the model, writes, and stops at the output in front", async () => {
  const session = await identity();
  const [front] = session.outputNames;
  const y = three(0, 0, 0);
  await expect(session.run({ x: three(1, 2, 3) }, { [front!]: null, y })).rejects.toThrow(
    "Non tensor type is temporarily not supported",
  );
  expect([...(y.data as Float32Array)]).toEqual([1, 2, 3]);
});

it("leaves outputs in the memory given for them, and throws what is wrong", async () => {
  const session = await identity();
  const y = three(0, 0, 0);
  await runInPlace(session, { x: three(4, 5, 6) }, { y });
  expect([...(y.data as Float32Array)]).toEqual([4, 5, 6]);
  await expect(runInPlace(session, { z: y }, { y })).rejects.toThrow("'x' is missing");
});

it("has no memory for an output whose size only a run tells", async () => {
  expect(memoryFor(await identity(), "y")).toBeUndefined();
});
