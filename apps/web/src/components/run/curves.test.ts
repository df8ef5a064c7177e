import { expect, it } from "vitest";
import { curvesOf, titleOf } from "./curves.tsx";

it("finds lists of numbers under a loss's name, and lists of steps", () => {
  const record = {
    training: { losses: [3, 2, 1], seeds: [1, 2, 3] },
    epochs: [
      { epoch: 1, loss: 2, accuracy: 0.5 },
      { epoch: 2, loss: 1, accuracy: 0.7 },
      { epoch: 3, loss: 0.5, accuracy: 0.8 },
    ],
  };
  const curves = curvesOf(record);
  expect(curves.map(({ name }) => name)).toEqual(["training losses", "epochs: loss", "epochs: accuracy"]);
  expect(curves[0]?.points).toEqual([
    { x: 1, y: 3 },
    { x: 2, y: 2 },
    { x: 3, y: 1 },
  ]);
  expect(curves[1]?.points[2]).toEqual({ x: 3, y: 0.5 });
});

it("finds none where there is none", () => {
  expect(curvesOf(null)).toEqual([]);
  expect(curvesOf({ sweep: [1, 2, 3], note: "losses" })).toEqual([]);
});

it("names a curve as a reader would", () => {
  expect(["training curves learningRate", "epochs: loss", "losses"].map(titleOf)).toEqual([
    "Training learning rate",
    "Epochs: loss",
    "Losses",
  ]);
});
