/** Twelve steps of a small ResNet, through the library on the CPU, as PyTorch made them. */
import { beforeAll, describe, expect, it } from "vitest";
import { worstError } from "../../autodiff/testing/worst-error.ts";
import { loadTensors } from "../../backbones/index.ts";
import { readNpy } from "../../tensor/index.ts";
import {
  FINAL_TOLERANCE,
  GRADIENT_TOLERANCE,
  goldenFile,
  goldenSteps,
  lossTolerance,
} from "../testing/finetune-golden.ts";
import { type TrainedOnArrays, trainOnArrays } from "./arrays.ts";

describe("twelve steps of fine-tuning, against PyTorch", () => {
  let trained: TrainedOnArrays;
  beforeAll(async () => {
    trained = await trainOnArrays({
      checkpoint: goldenFile("initial.pth"),
      backbonePrefix: "0.",
      headPrefix: "1.",
      x: readNpy(goldenFile("batches_x.npy")),
      y: readNpy(goldenFile("batches_y.npy")),
      learningRate: goldenSteps.learning_rate,
      weightDecay: goldenSteps.weight_decay,
      momentum: goldenSteps.momentum,
      nesterov: true,
      device: "cpu",
      gradients: true,
    });
  });

  it("computes the first gradients to 1e-4", async () => {
    expect(
      worstError(trained.gradients, await loadTensors(goldenFile("first_step_gradients.pth"))),
    ).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it("has the first five losses to 1e-4, the later ones to 1e-2 but for the eleventh", () => {
    for (const [i, loss] of trained.losses.entries())
      expect(Math.abs(loss / goldenSteps.losses[i]! - 1), `step ${i + 1}`).toBeLessThan(lossTolerance(i));
  });

  it("follows the cosine", () => {
    for (const [i, rate] of trained.learningRates.entries())
      expect(rate).toBeCloseTo(goldenSteps.learning_rates[i]!, 12);
  });

  it("ends near the final weights and running statistics, named as in the checkpoint", async () => {
    expect(worstError(trained.weights, await loadTensors(goldenFile("final.pth")))).toBeLessThan(
      FINAL_TOLERANCE,
    );
  });
});
