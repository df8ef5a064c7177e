/** Pictures of the paper's fifteen recognition datasets: k test images of each, drawn by NumPy's generator. */
import { createHash } from "node:crypto";
import { type Dataset, DatasetError, locateDataset, openDataset } from "../../datasets/index.ts";
import { NumpyRandomState } from "../../tensor/index.ts";
import type { JsonRecord } from "../evaluation.ts";
import type { Picture, PictureData, PictureOptions } from "./data.ts";

/** In the order of the paper's section 4.8. */
export const PICTURE_DATASETS = [
  "aircraft",
  "caltech101",
  "cars",
  "cifar10",
  "cifar100",
  "dtd",
  "flowers",
  "food",
  "pets",
  "sun397",
  "voc2007",
  "cropdiseases",
  "eurosat",
  "isic2018",
  "chestx",
] as const;

export async function presentDatasets(folder: string): Promise<string[]> {
  const present: string[] = [];
  for (const name of PICTURE_DATASETS)
    if ((await locateDataset(name, folder)) !== undefined) present.push(name);
  return present;
}

/** Number permutation(n)[k] of a dataset's test images, a fresh generator for each dataset. */
function drawn(dataset: Dataset, perDataset: number, seed: number): Picture[] {
  const { test } = dataset.splits;
  const order = new NumpyRandomState(seed).permutation(test.length);
  return Array.from({ length: Math.min(perDataset, test.length) }, (_, k) => {
    const item = test[order[k]!]!;
    return { id: `${dataset.name}/${item.id}`, load: () => item.load() };
  });
}

export interface DatasetsRule {
  readonly datasets: readonly string[];
  readonly perDataset: number;
  readonly seed: number;
  /** So many pictures only, where that is not all. */
  readonly first?: number;
  /** What copies of the datasets lack: a draw among other images is another draw. */
  readonly partial?: readonly string[];
}

/** What a protocol says of the choice of pictures. */
export const datasetsRule = (rule: DatasetsRule): JsonRecord => ({
  rule: "NumpyRandomState(seed).permutation(n)[k] of each dataset's n test images",
  ...rule,
});

/** What is reduced has a column of its own, so that it never stands in the paper's. */
export const columnOf = (reduced: boolean): Pick<PictureData, "name" | "title"> =>
  reduced ? { name: "all-reduced", title: "All datasets, reduced" } : { name: "all", title: "All datasets" };

/**
 * @param reduced whether the evaluation itself is a reduced one
 * @throws DatasetError where none of them is there, or one cannot be read
 */
export async function openDatasets(
  folder: string | undefined,
  allowPartial: boolean,
  { imagesPerDataset, limit }: PictureOptions,
  reduced: boolean,
): Promise<PictureData> {
  const names = folder === undefined ? [] : await presentDatasets(folder);
  if (names.length === 0) {
    throw new DatasetError(
      `${folder === undefined ? "no folder of datasets is named" : `${folder} holds none of the paper's datasets`}: give --data DIR (\`transferboard dataset check\` says what is expected where), or --images DIR with pictures of your own`,
    );
  }
  const datasets: Dataset[] = [];
  for (const name of names) datasets.push(await openDataset(name, folder, { allowPartial }));
  const all = datasets.reduce((sum, { splits }) => sum + Math.min(imagesPerDataset, splits.test.length), 0);
  const count = limit === 0 ? all : Math.min(limit, all);
  const absent = PICTURE_DATASETS.filter((name) => !names.includes(name));
  const missing = datasets.flatMap(({ name, origin }) => origin.missing.map((what) => `${name}: ${what}`));
  const isReduced = absent.length > 0 || count < all || missing.length > 0;
  return {
    ...columnOf(reduced || isReduced),
    origin: { splitRule: "test images", missing },
    async manifestHash(options) {
      const hashes: string[] = [];
      for (const dataset of datasets) hashes.push(await dataset.manifestHash(options));
      return createHash("sha256").update(JSON.stringify(hashes)).digest("hex");
    },
    rule: (seed) =>
      datasetsRule({
        datasets: names,
        perDataset: imagesPerDataset,
        seed,
        ...(count < all ? { first: count } : {}),
        ...(missing.length > 0 ? { partial: missing } : {}),
      }),
    isReduced,
    count,
    pictures: (seed) => datasets.flatMap((dataset) => drawn(dataset, imagesPerDataset, seed)).slice(0, count),
    notes:
      absent.length === 0
        ? []
        : [`${absent.length} of the paper's 15 datasets are not there: ${absent.join(", ")}`],
  };
}
