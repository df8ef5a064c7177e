/** Datasets whose labels are pixels: what segmentation and surface normals read, and the hash over all of it. */
import { createHash } from "node:crypto";
import { imageSize } from "../../images/index.ts";
import { writeSealedJson } from "../../tensor/index.ts";
import { DatasetError, type ManifestOptions } from "../dataset.ts";
import { contentHash, readKnown } from "../manifest.ts";

export interface PixelImage {
  /** Unique within its split, the same on every machine. */
  readonly id: string;
  /** A file. */
  readonly image: string;
  /** A file of one 8-bit channel; absent where the labels are elsewhere. */
  readonly labels?: string;
  readonly width: number;
  readonly height: number;
}

export interface PixelSplits {
  readonly train: readonly PixelImage[];
  readonly test: readonly PixelImage[];
}

/** How the levels of a label map stand for classes. */
export interface Levels {
  /** The level of class 0; class c has the level first + c. */
  readonly first: number;
  /** The level that is no class. */
  readonly void: number;
}

/** Pictures whose every pixel has a class. */
export interface Scenes {
  readonly name: string;
  readonly title: string;
  readonly classes: readonly string[];
  readonly levels: Levels;
  readonly splits: PixelSplits;
  readonly origin: { readonly splitRule: string; readonly missing: readonly string[] };
  manifestHash(options?: ManifestOptions): Promise<string>;
}

/** How many files are looked at together. */
const TOGETHER = 16;

async function inBlocks<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += TOGETHER)
    await Promise.all(items.slice(start, start + TOGETHER).map(work));
}

/**
 * Looks at every image's header and its label map's.
 * @throws DatasetError on an empty split, a file that is missing, a size other than the list's, or a label map of another
 * size than its image
 */
export async function checkSizes(splits: PixelSplits, title: string): Promise<void> {
  for (const split of ["train", "test"] as const) {
    const images = splits[split];
    if (images.length === 0)
      throw new DatasetError(`the ${split} split of ${title} is empty: its list names no image`);
    await inBlocks(images, async ({ image, labels, width, height }) => {
      const size = await imageSize(image);
      if (size.width !== width || size.height !== height)
        throw new DatasetError(
          `${image} is ${size.width} x ${size.height}, but its dataset's list says ${width} x ${height}: copy one of them again`,
        );
      if (labels === undefined) return;
      const map = await imageSize(labels);
      if (map.width !== width || map.height !== height)
        throw new DatasetError(
          `the label map ${labels} is ${map.width} x ${map.height}, but its image ${image} is ${width} x ${height}: copy one of them again`,
        );
    });
  }
}

/** Fills in the sizes of images whose list does not say them. */
export async function withSizes(
  images: readonly Omit<PixelImage, "width" | "height">[],
): Promise<PixelImage[]> {
  const sized = new Map<object, PixelImage>();
  await inBlocks(images, async (image) => {
    sized.set(image, { ...image, ...(await imageSize(image.image)) });
  });
  return images.map((image) => sized.get(image)!);
}

/** What else of a dataset a number depends on: plain text and whole files, by name. */
export interface ManifestExtras {
  readonly header: Readonly<Record<string, unknown>>;
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

/**
 * SHA-256 over `transferboard-pixels-1`; the JSON of the header; a line for each further file, `name TAB sha256`; then for
 * each image, split by split, `split TAB id TAB sha256 of the image TAB sha256 of its label map`, as lines of UTF-8.
 */
export async function pixelManifest(
  splits: PixelSplits,
  { header, files }: ManifestExtras,
  { cacheFile, onProgress, signal }: ManifestOptions = {},
): Promise<string> {
  const known = await readKnown(cacheFile);
  const hash = createHash("sha256").update(`transferboard-pixels-1\n${JSON.stringify(header)}\n`);
  const fileHash = (path: string) => contentHash({ kind: "file", path }, known);
  const entries = (["train", "test"] as const).flatMap((split) =>
    splits[split].map((image) => ({ split, image })),
  );
  try {
    for (const { name, path } of files) hash.update(`${name}\t${await fileHash(path)}\n`);
    for (let start = 0; start < entries.length; start += TOGETHER) {
      signal?.throwIfAborted();
      const block = entries.slice(start, start + TOGETHER);
      const lines = await Promise.all(
        block.map(async ({ split, image }) => {
          const labels = image.labels === undefined ? "" : await fileHash(image.labels);
          return `${split}\t${image.id}\t${await fileHash(image.image)}\t${labels}\n`;
        }),
      );
      for (const line of lines) hash.update(line);
      onProgress?.(start + block.length, entries.length);
    }
  } finally {
    if (cacheFile !== undefined && known.size > 0) writeSealedJson(cacheFile, [...known]);
  }
  return hash.digest("hex");
}
