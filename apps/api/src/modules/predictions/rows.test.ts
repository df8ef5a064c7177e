/** Rows of predictions: an image's own boxes, and tables whose words no spreadsheet runs. */
import type { Predictions, TestSet } from "@transferboard/eval-core/record";
import { expect, it } from "vitest";
import { csvOf, rowsOf } from "./rows.ts";

const testSet: TestSet = {
  dataset: "drawn",
  manifest: "not stated",
  items: ["=1+1", "a,b", "c"],
  classes: ["cat", "@dog"],
  labels: [0, 1, 0],
};

it("gives every image its own boxes, in whatever order they stand", () => {
  const predictions: Predictions = {
    kind: "detections",
    classes: 2,
    images: 3,
    absentClassesCount: false,
    image: [2, 0, 2],
    class: [0, 1, 1],
    score: [0.9, 0.8, 0.7],
    boxes: [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
  };
  const row = rowsOf(predictions, testSet);
  const detections = [0, 1, 2].map((image) => (row(image).details as { detections: object[] }).detections);
  expect(detections).toEqual([
    [{ class: "@dog", score: 0.8, box: [3, 3, 4, 4] }],
    [],
    [
      { class: "cat", score: 0.9, box: [1, 1, 2, 2] },
      { class: "@dog", score: 0.7, box: [5, 5, 6, 6] },
    ],
  ]);
});

it("marks what a spreadsheet would take for a formula, and leaves logits as they are", () => {
  const predictions: Predictions = {
    kind: "classes",
    classes: 2,
    depth: 2,
    top: [0, 1, 1, 0, 1, 0],
    logits: [-0.5, -1, 2, 1, 3, -4],
    inTop5: null,
  };
  expect([...csvOf(predictions, testSet)]).toEqual([
    "image,item,truth,right,predicted,logits,details\n",
    "0,'=1+1,cat,true,cat|@dog,-0.5|-1,\n",
    "1,\"a,b\",'@dog,true,'@dog|cat,2|1,\n",
    "2,c,cat,false,'@dog|cat,3|-4,\n",
  ]);
});
