import { expect, it } from "vitest";
import { nearestMeasures } from "./nearest-measures.ts";

const known = [
  "segmentation/ade20k/pixel-accuracy",
  "segmentation/ade20k/mean-iou",
  "many-shot-linear/dtd/accuracy",
  "many-shot-linear/pets/mean-per-class-accuracy",
  "few-shot-20/dtd/accuracy",
];

it("has the nearest metric of the same setting and dataset", () => {
  expect(nearestMeasures("segmentation/ade20k/mean-iuo", known)).toEqual(["segmentation/ade20k/mean-iou"]);
});

it("where no metric comes near, has those of the dataset, then of the setting", () => {
  expect(nearestMeasures("many-shot-linear/dtt/accuracy", known)[0]).toBe("many-shot-linear/dtd/accuracy");
  expect(nearestMeasures("segmentation/ade20k/xyzzy", known).slice(0, 2)).toEqual([
    "segmentation/ade20k/pixel-accuracy",
    "segmentation/ade20k/mean-iou",
  ]);
});
