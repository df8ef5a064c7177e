/** What training on arrays refuses, and what it does without a head of its own: one clear sentence each. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/index.ts";
import { type TrainOnArraysOptions, trainOnArrays } from "./arrays.ts";

const checkpoint = fileURLToPath(new URL("../../../golden/finetune/initial.pth", import.meta.url));

/** Two steps of two images of 32 x 32. */
function options(more: Partial<TrainOnArraysOptions> = {}): TrainOnArraysOptions {
  const size = 2 * 2 * 3 * 32 * 32;
  return {
    checkpoint,
    backbonePrefix: "0.",
    headPrefix: "1.",
    x: tensor(
      "float32",
      [2, 2, 3, 32, 32],
      Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
    ),
    y: tensor("int32", [2, 2], Int32Array.of(0, 1, 2, 3)),
    learningRate: 0.01,
    weightDecay: 0,
    device: "cpu",
    threads: 1,
    ...more,
  };
}

describe("training on arrays", () => {
  it("stops at a loss that is not a number, and says where and what to do", async () => {
    await expect(trainOnArrays(options({ learningRate: 1e30, schedule: "constant" }))).rejects.toThrow(
      /^the loss became (NaN|Infinity) at step 2 of 2: lower the learning rate \(1e\+30\), or look for broken inputs$/,
    );
  });
  it("refuses labels that the head has no class for", async () => {
    const y = tensor("int32", [2, 2], Int32Array.of(0, 1, 7, 3));
    await expect(trainOnArrays(options({ y }))).rejects.toThrow(
      "label 7 (element 2 of y) is none of the head's 5 classes, 0 to 4",
    );
  });
  it("refuses arrays that do not go together", async () => {
    const y = tensor("int32", [2, 3], new Int32Array(6));
    await expect(trainOnArrays(options({ y }))).rejects.toThrow("y must be [2, 2] like x, found [2,3]");
    const x = tensor("float32", [2, 3, 4, 4], new Float32Array(96));
    await expect(trainOnArrays(options({ x }))).rejects.toThrow(
      "x must be float32 [steps, batch, 3, height, width], found float32 [2,3,4,4]",
    );
  });
  it("refuses a head that the file does not have", async () => {
    await expect(trainOnArrays(options({ headPrefix: "head." }))).rejects.toThrow("has no 'head.weight'");
  });
  it("draws a head from the seed where none is named", async () => {
    const { headPrefix: _, ...rest } = options();
    const run = (seed: number) => trainOnArrays({ ...rest, seed });
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(first.losses).toEqual(again.losses);
    expect(first.losses).not.toEqual(other.losses);
    expect(first.weights.get("fc.bias")!.shape).toEqual([4]);
  });
});
