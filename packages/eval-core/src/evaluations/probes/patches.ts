/** Patch features and masks of pictures, part by part, so that a large dataset's maps never lie in memory together. */
import { readoutsOf } from "../../backbones/index.ts";
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import { type Dataset, makeItem } from "../../datasets/index.ts";
import type { Preprocessing } from "../../images/index.ts";
import { decodeLevels } from "../../images/levels.ts";
import type { CostContext, RunContext } from "../kind.ts";
import { ProtocolError } from "../protocol-error.ts";

export interface PatchMaps {
  readonly slug: string;
  /** Channels of a patch. */
  readonly width: number;
  /** Patches a side. */
  readonly grid: number;
  /** Pixels a side of a patch. */
  readonly patch: number;
}

/** Pictures whose maps are in memory at a time, and what these may take of it. */
const PART = 256;
const PART_BYTES = 256e6;

function partSize({ width, grid }: PatchMaps): number {
  let size = PART;
  while (size > 1 && size * width * grid * grid * 4 > PART_BYTES) size /= 2;
  return size;
}

/** The backbone's last map at this side. @throws ProtocolError where it has none, or the side is no multiple of its stride */
export function patchMaps(checkpoint: Parameters<typeof readoutsOf>[0], side: number): PatchMaps {
  const last = readoutsOf(checkpoint).findLast(({ kind }) => kind === "map");
  if (!last?.stride) {
    throw new ProtocolError("the checkpoint's backbone answers no map of patches: dense probes need one");
  }
  if (side % last.stride !== 0) {
    throw new ProtocolError(
      `a side of ${side} is no multiple of the backbone's patch of ${last.stride} pixels: take ${Math.ceil(side / last.stride) * last.stride}`,
    );
  }
  return { slug: last.slug, width: last.channels, grid: side / last.stride, patch: last.stride };
}

/** Squeezed to a square, as the dense probes take their pictures. */
export const squeezed = (side: number): Preprocessing => ({
  resize: "square",
  resizeSize: side,
  crop: side,
  filter: "bilinear",
});

export interface PictureMap {
  /** Counted over the split. */
  readonly index: number;
  readonly image: PixelImage;
  /** channels x patches, row by row of the picture: a view. */
  readonly map: Float32Array;
}

interface Part {
  /** Its first picture, counted over the split. */
  readonly start: number;
  readonly images: readonly PixelImage[];
  readonly dataset: Dataset;
  /** Beside the manifest of the whole. */
  readonly name: string;
}

/** The parts of a split that are extracted and cached one by one, from the one that picture `from` is in. */
function* partsOf(
  split: "train" | "test",
  images: readonly PixelImage[],
  maps: PatchMaps,
  from = 0,
): Generator<Part> {
  const size = partSize(maps);
  for (let start = from - (from % size); start < images.length; start += size) {
    const part = images.slice(start, start + size);
    const items = part.map(({ id, image }) => makeItem(id, 0, { kind: "file", path: image }));
    const name = `${split} pictures ${start} to ${start + part.length - 1}`;
    const dataset: Dataset = {
      name: "patches",
      title: name,
      task: "multi-class",
      metric: "accuracy",
      classes: ["any"],
      splits: { train: items, test: [] },
      origin: { layout: "files", splitRule: "none", missing: [] },
      manifestHash: async () => name,
    };
    yield { start, images: part, dataset, name };
  }
}

const manifestOf = (whole: string, { name }: Part) => `${whole} ${name}`;

/** Every picture of a split with its map, in order; extraction is cached part by part. */
export async function* pictureMaps(
  context: RunContext,
  split: "train" | "test",
  images: readonly PixelImage[],
  maps: PatchMaps,
  preprocessing: Preprocessing,
  from = 0,
): AsyncGenerator<PictureMap> {
  for (const part of partsOf(split, images, maps, from)) {
    const found = await context.readouts([maps.slug], {
      dataset: part.dataset,
      manifest: manifestOf(context.manifest, part),
      preprocessing,
    });
    if (found.unreadable.length > 0) {
      throw new ProtocolError(
        `${found.unreadable[0]} cannot be read: every picture of a dense dataset is needed`,
      );
    }
    const rows = found.readouts.get(maps.slug)!;
    for (const [i, image] of part.images.entries()) {
      if (part.start + i >= from) yield { index: part.start + i, image, map: rows.rows(i, 1) };
    }
  }
}

/** How many pictures of a split have their map in the cache. */
export async function countCachedMaps(
  { checkpoint, manifest, cacheFolder }: Pick<CostContext, "checkpoint" | "manifest" | "cacheFolder">,
  split: "train" | "test",
  images: readonly PixelImage[],
  maps: PatchMaps,
  preprocessing: Preprocessing,
): Promise<number> {
  const { backboneOf, countCached } = await import("../../features/index.ts");
  const side = preprocessing.crop;
  const backbone = backboneOf(checkpoint, { readouts: [maps.slug], size: [side, side] });
  let count = 0;
  for (const part of partsOf(split, images, maps)) {
    const made = { preprocessing, manifest: manifestOf(manifest, part) };
    count += await countCached(backbone, part.dataset, made, cacheFolder);
  }
  return count;
}

/** channels x patches -> patches x channels */
export function patchesFirst(map: Float32Array, { width, grid }: PatchMaps): Float32Array {
  const patches = grid * grid;
  const result = new Float32Array(map.length);
  for (let c = 0; c < width; c++)
    for (let p = 0; p < patches; p++) result[p * width + c] = map[c * patches + p]!;
  return result;
}

/**
 * A mask squeezed to side x side by nearest neighbour (Pillow's: the pixel under each centre), levels as `levelOf` says.
 */
export async function squeezedMask(
  path: string,
  side: number,
  levelOf: (level: number) => number,
): Promise<Uint8Array> {
  const { width, height, data } = await decodeLevels(path);
  const mask = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, Math.floor(((y + 0.5) * height) / side)) * width;
    for (let x = 0; x < side; x++) {
      mask[y * side + x] = levelOf(data[row + Math.min(width - 1, Math.floor(((x + 0.5) * width) / side))]!);
    }
  }
  return mask;
}
