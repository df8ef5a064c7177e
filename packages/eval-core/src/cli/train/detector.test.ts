/** What `train --head faster-rcnn` takes beside the batch: refused where it is missing, no JSON, or of another head. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DetectorFlags, refuseDetectorFlags, trainDetector } from "./detector.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "train-detector-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("is of that head alone", () => {
  expect(() => refuseDetectorFlags("upernet", {})).not.toThrow();
  expect(() => refuseDetectorFlags("upernet", { freeze: true })).toThrow(
    "--freeze is of faster-rcnn: upernet has no use for it",
  );
  expect(() => refuseDetectorFlags("linear", { regions: "a.npy", objects: "b.json" })).toThrow(
    "--objects, --regions are of faster-rcnn: linear has no use for them",
  );
});

it("names what is missing, and what is wrong with the objects", () => {
  const train = (flags: DetectorFlags) => () => trainDetector(flags, {} as never);
  expect(train({})).toThrow("--head faster-rcnn needs --objects");
  const path = join(folder, "objects.json");
  writeFileSync(path, "{");
  expect(train({ objects: path })).toThrow(/the boxes cannot be read: .*objects\.json is not valid JSON/);
  writeFileSync(path, '{"gt_boxes": [[[1, 2, 3]]]}');
  expect(train({ objects: path })).toThrow(
    'must be a JSON document with "gt_boxes": of each image a list of boxes x1, y1, x2, y2',
  );
  writeFileSync(path, '{"gt_boxes": [[[1, 2, 3, 4]]]}');
  expect(train({ objects: path })).toThrow("--head faster-rcnn needs --anchor-labels");
});
