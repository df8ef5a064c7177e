/** Heads trained on given arrays: PyTorch's losses, gradients and weights under the file's own names; and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { worstError } from "../../autodiff/testing/worst-error.ts";
import { loadTensors } from "../../backbones/index.ts";
import { GoldenFolder } from "../../conformance/index.ts";
import { tensor } from "../../tensor/index.ts";
import { type TrainPixelsOptions, trainPixelsOnArrays } from "./arrays.ts";

let goldens: GoldenFolder;
beforeAll(() => {
  goldens = new GoldenFolder(new URL("../../../golden/dense-heads", import.meta.url).pathname);
});
afterAll(() => goldens[Symbol.dispose]());

interface Expected {
  readonly learning_rates: readonly number[];
  readonly losses: readonly number[];
  readonly pixel_accuracy: readonly number[];
}

function optionsOf(head: "pspnet" | "upernet", more: Partial<TrainPixelsOptions> = {}): TrainPixelsOptions {
  const folder = goldens.folder(head);
  return {
    head,
    checkpoint: folder.file("state.pth"),
    backbonePrefix: "encoder.",
    headPrefix: "decoder.",
    x: folder.npy("inputs.npy"),
    y: folder.npy("labels.npy"),
    ...(head === "pspnet" ? { dropout: folder.npy("dropout_masks.npy") } : {}),
    learningRates: folder.json<Expected>("expected.json").learning_rates,
    weightDecay: 1e-4,
    momentum: 0.9,
    plainStatistics: false,
    device: "cpu",
    gradients: true,
    ...more,
  };
}

describe.each(["pspnet", "upernet"] as const)("%s", (head) => {
  it("has PyTorch's losses, accuracies and weights, named as in the file", async () => {
    const folder = goldens.folder(head);
    const expected = folder.json<Expected>("expected.json");
    const { losses, pixelAccuracies, weights, gradients } = await trainPixelsOnArrays(optionsOf(head));
    for (const [i, loss] of losses.entries()) expect(Math.abs(loss - expected.losses[i]!)).toBeLessThan(1e-5);
    for (const [i, share] of pixelAccuracies.entries())
      expect(share).toBeCloseTo(expected.pixel_accuracy[i]!, 6);
    const final = await loadTensors(folder.file("final_weights.pth"));
    expect(worstError(weights, final)).toBeLessThan(1e-3);
    const first = await loadTensors(folder.file("first_step_gradients.pth"));
    expect([...gradients.keys()].sort()).toEqual([...first.keys()].sort());
  });
});

describe("arrays that do not fit", () => {
  it.each([
    [
      "labels of another size",
      { y: tensor("float32", [1], Float32Array.of(0)) },
      /^y must be \[3,2,\d+,\d+\], at 1\/8 of x, found \[1\]$/,
    ],
    ["too few learning rates", { learningRates: [0.1] }, "there are 3 steps and 1 learning rates"],
    ["another head's prefix", { headPrefix: "head." }, "has no 'head.conv_last.4.weight'"],
  ])("are refused: %s", async (_, more, sentence) => {
    await expect(trainPixelsOnArrays(optionsOf("pspnet", more))).rejects.toThrow(sentence);
  });
  it("are refused: no masks", async () => {
    const { dropout: _, ...rest } = optionsOf("pspnet");
    await expect(trainPixelsOnArrays(rest)).rejects.toThrow("pspnet needs its dropout masks");
  });
});
