/**
 * NYUv2's surface normals as the fair_self_supervision_benchmark lays them out: images and label maps in `all_images`, and
 * in `surfacenormal_metadata` the lists, a codebook of 40 unit normals, and all normals in one large pickle (or a .mat an
 * image). There is no validation split.
 */
import { DatasetError, type ManifestOptions } from "../dataset.ts";
import { type MatValue, parseMat } from "../mat.ts";
import { DatasetRoot, findRoot } from "../root.ts";
import { checkSizes, type PixelImage, type PixelSplits, pixelManifest } from "./pixel-data.ts";

export const CODEWORDS = 40;

export interface Nyuv2 {
  readonly name: string;
  readonly title: string;
  readonly splits: PixelSplits;
  /** [40, 3], unit rows: x right, y up, z towards the viewer. */
  readonly codebook: Float64Array;
  /** Where the true normals are. */
  readonly truth: NormalsSource;
  readonly origin: { readonly splitRule: string; readonly missing: readonly string[] };
  manifestHash(options?: ManifestOptions): Promise<string>;
}

export type NormalsSource =
  | { readonly kind: "pickle"; readonly path: string }
  /** A .mat an image in this folder. */
  | { readonly kind: "mats"; readonly folder: string };

const IMAGES = "all_images";
const METADATA = "surfacenormal_metadata";

/** The folder that holds `all_images`, or undefined. */
export function findNyuv2(folder: string): Promise<string | undefined> {
  return findRoot(
    folder,
    ["nyuv2_surfacenormal_metadata", "nyuv2", "NYUv2"],
    [`${METADATA}/vocab40.mat`, `${METADATA}/train_SN40.json`],
  );
}

/** @throws DatasetError in one sentence: what was expected, what was found, where */
export async function openNyuv2(folder: string, name: string, title: string): Promise<Nyuv2> {
  const path = await findNyuv2(folder);
  if (path === undefined)
    throw new DatasetError(
      `${folder} holds no ${title}: expected ${IMAGES} and ${METADATA}/vocab40.mat in it`,
    );
  const root = new DatasetRoot(path);
  const splits = { train: await readList(root, "train"), test: await readList(root, "test") };
  await checkSizes(splits, title);
  const codebookFile = `${METADATA}/vocab40.mat`;
  const codebook = readCodebook(await root.bytes(codebookFile), root.at(codebookFile));
  const truth = await truthOf(root, splits);
  const matFiles = (images: readonly PixelImage[]) =>
    images.map(({ id }) => ({ name: id, path: root.at(`${METADATA}/${id}.mat`) }));
  const files = [
    { name: "vocab40.mat", path: root.at(codebookFile) },
    ...(truth.kind === "pickle" ? [{ name: "all_normals.pklz", path: truth.path }] : matFiles(splits.test)),
  ];
  return {
    name,
    title,
    splits,
    codebook,
    truth,
    origin: { splitRule: "train_SN40.json and test_SN40.json", missing: [] },
    manifestHash: (options) => pixelManifest(splits, { header: { name }, files }, options),
  };
}

async function readList(root: DatasetRoot, split: "train" | "test"): Promise<PixelImage[]> {
  const file = `${METADATA}/${split}_SN40.json`;
  let entries: unknown;
  try {
    entries = JSON.parse(await root.text(file));
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`${root.at(file)} is no whole JSON file; copy it again`, { cause });
  }
  if (!Array.isArray(entries)) throw new DatasetError(`${root.at(file)} must be a list of images`);
  return Promise.all(
    entries.map(async (entry: { img?: unknown; segm?: unknown; width?: unknown; height?: unknown }, i) => {
      const { img, segm, width, height } = entry ?? {};
      const isSize = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;
      if (typeof img !== "string" || typeof segm !== "string" || !isSize(width) || !isSize(height))
        throw new DatasetError(
          `entry ${i + 1} of ${root.at(file)} must have img, segm, width and height: found ${JSON.stringify(entry)?.slice(0, 80)}`,
        );
      const labels = `${IMAGES}/${segm}`;
      return {
        id: img.replace(/_rgb\.\w+$/, ""),
        image: root.at(`${IMAGES}/${img}`),
        ...((await root.has(labels)) ? { labels: root.at(labels) } : {}),
        width,
        height,
      };
    }),
  );
}

/** `vocabs`: a 1 x 1 cell of a 1 x 1 struct whose field `normals` is 40 x 3. @throws DatasetError naming the file */
export function readCodebook(bytes: Uint8Array, file: string): Float64Array {
  const vocabs = parseMat(bytes, file).get("vocabs");
  const cell: MatValue | undefined = vocabs?.kind === "cells" ? vocabs.cells[0] : undefined;
  const normals = cell?.kind === "structs" ? cell.records[0]?.get("normals") : undefined;
  if (normals?.kind !== "numbers")
    throw new DatasetError(
      `${file} has no codebook: expected a cell 'vocabs' of a struct with a field 'normals'`,
    );
  const [rows, columns] = normals.dims;
  if (rows !== CODEWORDS || columns !== 3 || normals.dims.length !== 2)
    throw new DatasetError(
      `the codebook of ${file} is ${normals.dims.join(" x ")}: expected ${CODEWORDS} x 3`,
    );
  const codebook = new Float64Array(CODEWORDS * 3);
  for (let row = 0; row < CODEWORDS; row++) {
    for (let axis = 0; axis < 3; axis++) codebook[3 * row + axis] = normals.data[axis * CODEWORDS + row]!;
    const length = Math.hypot(codebook[3 * row]!, codebook[3 * row + 1]!, codebook[3 * row + 2]!);
    if (Math.abs(length - 1) > 1e-3)
      throw new DatasetError(
        `row ${row + 1} of the codebook of ${file} has length ${length}: expected unit normals`,
      );
  }
  return codebook;
}

async function truthOf(root: DatasetRoot, { test }: PixelSplits): Promise<NormalsSource> {
  const pickle = `${METADATA}/all_normals.pklz`;
  if (await root.has(pickle)) return { kind: "pickle", path: root.at(pickle) };
  if (await root.has(`${METADATA}/${test[0]!.id}.mat`)) return { kind: "mats", folder: root.at(METADATA) };
  throw new DatasetError(
    `${root.at(METADATA)} has neither all_normals.pklz nor ${test[0]!.id}.mat: expected the true normals`,
  );
}
