/** A detector trained on given samples: PyTorch's weights under the file's own names; and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { worstError } from "../../autodiff/testing/worst-error.ts";
import { loadTensors } from "../../backbones/index.ts";
import { GoldenFolder } from "../../conformance/index.ts";
import { tensor } from "../../tensor/index.ts";
import { type Expected, goldenTraining } from "../dense-heads/faster-rcnn-golden.ts";
import { type TrainDetectorOptions, trainDetectorOnArrays } from "./arrays.ts";

let goldens: GoldenFolder;
beforeAll(() => {
  goldens = new GoldenFolder(new URL("../../../golden/dense-heads", import.meta.url).pathname);
});
afterAll(() => goldens[Symbol.dispose]());

function optionsOf(more: Partial<TrainDetectorOptions> = {}): TrainDetectorOptions {
  const folder = goldens.folder("faster_rcnn");
  const expected = folder.json<Expected>("expected.json");
  return { ...goldenTraining(folder, expected, "finetune"), device: "cpu", threads: 1, ...more };
}

describe("a detector on given samples", () => {
  it("ends at PyTorch's weights, named as in the file", async () => {
    const { losses, parts, weights } = await trainDetectorOnArrays(optionsOf());
    for (const [t, loss] of losses.entries()) {
      const sum = Object.values(parts).reduce((total, part) => total + part[t]!, 0);
      expect(loss).toBeCloseTo(sum, 5);
    }
    const folder = goldens.folder("faster_rcnn");
    const final = await loadTensors(folder.file("finetune_weights_after_5_steps.pth"));
    const own = new Map([...final].map(([name]) => [name, weights.get(name)!]));
    expect(worstError(own, final)).toBeLessThan(1e-5);
  });

  it.each([
    [
      "regions of another number",
      { regions: tensor("float32", [5, 2, 1, 4], new Float32Array(40)) },
      "the regions must be [5,2,32,4], found [5,2,1,4]",
    ],
    [
      "a batch whose sides are no multiples of 32",
      { x: tensor("float32", [1, 3, 40, 32], new Float32Array(3840)) },
      "x must be float32 [batch, 3, height, width] with sides of multiples of 32, found float32 [1,3,40,32]",
    ],
    ["objects of too few images", { objects: [] }, "there are 2 images and the objects of 0"],
    ["too few learning rates", { learningRates: [0.1] }, "there are 5 steps and 1 learning rates"],
  ])("is not trained on %s", async (_, more, sentence) => {
    await expect(trainDetectorOnArrays(optionsOf(more))).rejects.toThrow(sentence);
  });
});
