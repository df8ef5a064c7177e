/** What an evaluation costs that runs on the pooled features of its images, and on nothing else. */
import { type Dataset, SPLITS } from "../datasets/index.ts";
import type { Cost, CostContext, Spec } from "./kind.ts";

export const countImages = ({ splits }: Dataset): number =>
  SPLITS.reduce((sum, split) => sum + (splits[split]?.length ?? 0), 0);

export async function featuresCost(
  { data, preprocessing }: Spec<object, Dataset>,
  { backbone, manifest, cacheFolder }: CostContext,
): Promise<Cost> {
  const { countCached } = await import("../features/index.ts");
  const images = countImages(data);
  const cached = await countCached(backbone, data, { preprocessing, manifest }, cacheFolder);
  return {
    images,
    toExtract: images - cached,
    featureMegabytes: (images * (backbone.readouts[0].size ?? 0) * 4) / 1e6,
  };
}
