/** ROxford5k in its published layout: the goldens' ground truth beside pictures, whole queries or boxes, and what is missing. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterEach, beforeEach, expect, it } from "vitest";
import { locateLandmarks, openLandmarks } from "./landmarks.ts";
import { loadSource } from "./source.ts";

const golden = (name: string) =>
  fileURLToPath(new URL(`../../golden/probes/roxford/${name}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "landmarks-"));
  mkdirSync(join(folder, "roxford5k/jpg"), { recursive: true });
  copyFileSync(golden("gnd_roxford5k.lists_protocol2.pkl"), join(folder, "roxford5k/gnd_roxford5k.pkl"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (queryCrop: "python" | "none") =>
  openLandmarks("roxford5k", folder, { queryCrop, allowPartial: true });

it("the database answers, the queries ask by their boxes", async () => {
  expect(await locateLandmarks("roxford5k", folder)).toBe(join(folder, "roxford5k"));
  expect(await locateLandmarks("rparis6k", folder)).toBeUndefined();
  const { splits, truth, origin } = await open("python");
  expect([splits.train.length, splits.test.length, truth.length]).toEqual([70, 9, 9]);
  expect(origin.missing).toEqual(["70 of 4993 database images", "9 of 70 queries"]);
  const { source } = splits.test[0]!;
  if (source.kind !== "box") throw new Error(`a query is cut by its box, found ${source.kind}`);
  expect(source.box).toEqual(truth[0]!.box);
  const blank = { create: { width: 40, height: 30, channels: 3, background: "#123456" } } as const;
  await sharp(blank).jpeg().toFile(source.path);
  const [x1, y1, x2, y2] = source.box.map((value) => Math.round(value)) as [number, number, number, number];
  expect(await loadSource(source)).toMatchObject({ width: x2 - x1, height: y2 - y1 });
});

it("whole queries are another set of images", async () => {
  const [boxes, whole] = [await open("python"), await open("none")];
  expect(whole.splits.test[0]!.source).toMatchObject({ kind: "file" });
  expect(whole.splits.test[0]!.id).not.toBe(boxes.splits.test[0]!.id);
});

it("a copy that is not whole is refused in one sentence unless that is allowed", async () => {
  await expect(
    openLandmarks("roxford5k", folder, { queryCrop: "python", allowPartial: false }),
  ).rejects.toThrow(
    /^ROxford5k in .* is not whole \(70 of 4993 database images; 9 of 70 queries\): get the published/,
  );
  await expect(
    openLandmarks("rparis6k", folder, { queryCrop: "python", allowPartial: false }),
  ).rejects.toThrow(/^RParis6k is not in .*: expected gnd_rparis6k\.pkl and jpg\/NAME\.jpg;/);
});
