/**
 * ROxford5k and RParis6k on disk: `gnd_NAME.pkl` beside `jpg/`. The database is the train split of what is opened, the
 * queries its test split; items have no class.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, DatasetError, type Item, type ManifestOptions, makeItem } from "./dataset.ts";

import { computeManifestHash } from "./manifest.ts";
import { type RevisitedGroundTruth, readRevisited } from "./revisited.ts";

export const LANDMARKS = {
  roxford5k: { title: "ROxford5k", database: 4993, queries: 70 },
  rparis6k: { title: "RParis6k", database: 6322, queries: 70 },
} as const;

export type LandmarkName = keyof typeof LANDMARKS;
export const LANDMARK_NAMES = Object.keys(LANDMARKS) as LandmarkName[];
export const isLandmarks = (name: string): name is LandmarkName => Object.hasOwn(LANDMARKS, name);

/** Queries by their box, as the authors' Python code crops them, or whole, as DINO's script takes them. */
export type QueryCrop = "python" | "none";

export interface LandmarkDataset extends Dataset {
  readonly truth: RevisitedGroundTruth["truth"];
  readonly queryCrop: QueryCrop;
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Where a copy lies: the folder itself, or the one of its name inside. */
export async function locateLandmarks(
  name: LandmarkName,
  folder: string | undefined,
): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  for (const place of [folder, join(folder, name)]) {
    if (await exists(join(place, `gnd_${name}.pkl`))) return place;
  }
  return undefined;
}

export function landmarkLayout(name: LandmarkName): { readonly layout: string; readonly source: string } {
  return {
    layout: `gnd_${name}.pkl and jpg/NAME.jpg`,
    source:
      "Revisiting Oxford and Paris, from the Center for Machine Perception, Czech Technical University in Prague",
  };
}

/** @throws DatasetError where it is not there, not whole unless that is allowed, or not what it should be */
export async function openLandmarks(
  name: LandmarkName,
  folder: string | undefined,
  { queryCrop, allowPartial }: { readonly queryCrop: QueryCrop; readonly allowPartial: boolean },
): Promise<LandmarkDataset> {
  const { title, database, queries } = LANDMARKS[name];
  const root = await locateLandmarks(name, folder);
  if (root === undefined) {
    const { layout, source } = landmarkLayout(name);
    throw new DatasetError(`${title} is not in ${folder ?? "any folder"}: expected ${layout}; ${source}`);
  }
  const file = join(root, `gnd_${name}.pkl`);
  const truth = readRevisited(await readFile(file), file);
  const missing: string[] = [];
  const sizes = [
    ["database images", truth.database.length, database],
    ["queries", truth.queries.length, queries],
  ] as const;
  for (const [what, found, expected] of sizes) {
    if (found !== expected) missing.push(`${found} of ${expected} ${what}`);
  }
  if (missing.length > 0 && !allowPartial) {
    throw new DatasetError(
      `${title} in ${root} is not whole (${missing.join("; ")}): get the published files, or allow a partial dataset`,
    );
  }
  const picture = (image: string) => join(root, "jpg", `${image}.jpg`);
  const train = truth.database.map((image) =>
    makeItem(`jpg/${image}.jpg`, 0, { kind: "file", path: picture(image) }),
  );
  const test = truth.queries.map((image, i): Item => {
    const { box } = truth.truth[i]!;
    if (queryCrop === "none")
      return makeItem(`query ${i}: jpg/${image}.jpg`, 0, { kind: "file", path: picture(image) });
    const source = { kind: "box", path: picture(image), box } as const;
    return makeItem(`query ${i}: jpg/${image}.jpg, box ${box.join(" ")}`, 0, source);
  });
  const dataset = {
    name,
    title,
    task: "multi-class",
    metric: "accuracy",
    classes: ["landmark"],
    splits: { train, test },
    origin: { layout: "gnd pickle and jpg", splitRule: "the published database and queries", missing },
  } as const satisfies Omit<Dataset, "manifestHash">;
  return {
    ...dataset,
    truth: truth.truth,
    queryCrop,
    manifestHash: async (options?: ManifestOptions) => {
      const images = await computeManifestHash(dataset, options);
      return createHash("sha256")
        .update(`${images}\n${JSON.stringify(truth.truth)}`)
        .digest("hex");
    },
  };
}
