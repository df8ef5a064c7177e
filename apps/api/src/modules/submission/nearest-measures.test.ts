import { expect, it } from "vitest";
import { nearestMeasures } from "./nearest-measures.ts";

const known = [
  "segmentation/ade20k/pixel-accuracy",
  "segmentation/ade20k/mean-iou",
  "many-shot-linear/dtd/accuracy",
  "many-shot-linear/pets/mean-per-class-accuracy",
  "few-shot-20/dtd/accuracy",
];

it("has the same setting and dataset first, the nearest metric of them before the others", () => {
  expect(nearestMeasures("segmentation/ade20k/mean-iuo", known).slice(0, 2)).toEqual([
    "segmentation/ade20k/mean-iou",
    "segmentation/ade20k/pixel-accuracy",
  ]);
});

it("then the same setting", () => {
  expect(nearestMeasures("many-shot-linear/dtt/accuracy", known)[0]).toBe("many-shot-linear/dtd/accuracy");
});
