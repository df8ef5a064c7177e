/** What is kept of a run's predictions, and what an image that went meanwhile costs: its picture, never the run. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { RgbImage } from "../images/index.ts";
import { type ClassPredictions, decodePictures, PICTURES_ROLE } from "../record/predictions/index.ts";
import { artefactPath, artefactStore } from "./artefacts.ts";
import { keepPredictions } from "./predictions.ts";

const picture: RgbImage = { width: 2, height: 2, data: new Uint8Array(12).fill(7) };

it("leaves out the pictures of missed images that cannot be read any more, and names them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "artefacts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = artefactStore(folder);
  const predictions: ClassPredictions = {
    kind: "classes",
    ...{ classes: 2, depth: 1, logits: null, inTop5: null, top: Int32Array.of(1, 1, 0, 0) },
  };
  const said = await keepPredictions(
    store,
    {
      predictions,
      measures: [],
      testSet: { items: ["a/1", "a/2", "b/1", "b/2"], classes: ["a", "b"], labels: [0, 0, 1, 1] },
      load: async (image) => {
        if (image === 1) throw new Error("ENOENT: no such file");
        return picture;
      },
    },
    { dataset: "mine", manifest: "0" },
    [],
  );
  expect(said).toBe(
    "pictures of missed images that are left out, because they cannot be read any more: 1, the first a/2: ENOENT: no such file",
  );
  const kept = store.all.find(({ role }) => role === PICTURES_ROLE)!;
  const pictures = decodePictures(readFileSync(artefactPath(folder, kept.sha256)));
  expect([...pictures.keys()]).toEqual([0, 2, 3]);
});
