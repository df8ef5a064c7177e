/**
 * The true normals of some images, one file an image: cut out of the benchmark's pickle as it streams by, or read from its
 * .mat files. Six and a half gigabytes are never held.
 */
import { existsSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSealed, writeSealed } from "../../tensor/index.ts";
import { DatasetError } from "../dataset.ts";
import { type MatValue, parseMat } from "../mat.ts";
import type { NormalsSource } from "./nyuv2.ts";
import { namesIn, visitPickledArrays } from "./pickled-arrays.ts";
import type { PixelImage } from "./pixel-data.ts";

export interface TrueNormals {
  /** height x width x 3, as the dataset has them: not quite of unit length. */
  readonly normals: Float32Array;
  /** height x width; 0 where there is no normal. */
  readonly valid: Float32Array;
}

const normalsFile = (folder: string, id: string) => join(folder, `${id}.normals`);
const validFile = (folder: string, id: string) => join(folder, `${id}.valid`);

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function floatsOf(path: string): Float32Array {
  const bytes = readSealed(path);
  if (bytes) return new Float32Array(bytes.buffer as ArrayBuffer);
  throw new DatasetError(`${path} was damaged, and is removed: start again, and it is cut anew`);
}

/**
 * Makes the files of these images in `folder`, those that are not there.
 * @throws DatasetError on a pickle that is damaged, truncated, or without one of the images; on sizes that do not fit
 */
export async function cutNormals(
  source: NormalsSource,
  images: readonly PixelImage[],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const wanted = images.filter(
    ({ id }) => !existsSync(normalsFile(folder, id)) || !existsSync(validFile(folder, id)),
  );
  if (wanted.length === 0) return;
  if (source.kind === "mats") {
    for (const image of wanted) {
      signal?.throwIfAborted();
      await fromMat(source.folder, image, folder);
    }
    return;
  }
  const { path } = source;
  // The names lie behind the arrays: a first pass reads them alone.
  const names = namesIn(await visitPickledArrays(path, { array: () => undefined }), "all_filenames", path);
  const byIndex = new Map<number, PixelImage>();
  for (const image of wanted) {
    const index = names.indexOf(image.id);
    if (index < 0) throw new DatasetError(`${path} has no normals of image ${image.id}`);
    byIndex.set(index, image);
  }
  const cutInto = (file: (folder: string, id: string) => string, key: string, channels: number) => ({
    key,
    channels,
    file,
  });
  const parts = [cutInto(normalsFile, "all_normals", 3), cutInto(validFile, "all_valid_depth_masks", 1)];
  const seen = new Set<string>();
  await visitPickledArrays(path, {
    array({ key, shape, dtype }) {
      const part = parts.find((one) => one.key === key);
      if (!part) return undefined;
      seen.add(key);
      const [count, height, width, channels = 1] = shape;
      if (dtype !== "f4" || channels !== part.channels || shape.length !== (part.channels > 1 ? 4 : 3))
        throw new DatasetError(
          `'${key}' is ${dtype} [${shape}], expected f4 [images, height, width${part.channels > 1 ? ", 3" : ""}]`,
        );
      if (count !== names.length)
        throw new DatasetError(`'${key}' is of ${count} images, but there are ${names.length} names`);
      const itemBytes = height! * width! * channels * 4;
      return slicer(itemBytes, (index, bytes) => {
        signal?.throwIfAborted();
        const image = byIndex.get(index);
        if (!image) return;
        if (image.width !== width || image.height !== height)
          throw new DatasetError(
            `'${key}' is of ${width} x ${height} pixels, but image ${image.id} is ${image.width} x ${image.height}`,
          );
        writeSealed(part.file(folder, image.id), bytes);
      });
    },
  });
  for (const { key } of parts) if (!seen.has(key)) throw new DatasetError(`${path} has no array '${key}'`);
}

/** Gathers bytes into items of equal size; only one is held at a time. */
function slicer(
  itemBytes: number,
  done: (index: number, bytes: Uint8Array) => void,
): (bytes: Buffer) => void {
  let index = 0;
  let filled = 0;
  const item = new Uint8Array(itemBytes);
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(bytes.length - at, itemBytes - filled);
      item.set(bytes.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === itemBytes) {
        done(index++, item);
        filled = 0;
      }
    }
  };
}

async function fromMat(metadata: string, { id, width, height }: PixelImage, folder: string): Promise<void> {
  const path = join(metadata, `${id}.mat`);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DatasetError(
      cause.code === "ENOENT" ? `${path} is missing` : `${path} cannot be read (${cause.code})`,
      {
        cause,
      },
    );
  });
  const variables = parseMat(bytes, path);
  const plane = (name: string): ArrayLike<number> => {
    const value: MatValue | undefined = variables.get(name);
    if (value?.kind !== "numbers" || value.dims[0] !== height || value.dims[1] !== width)
      throw new DatasetError(`${path} must have '${name}' of ${height} x ${width}`);
    return value.data;
  };
  const [nx, ny, nz, depthValid] = ["nx", "ny", "nz", "depthValid"].map(plane) as [
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  const normals = new Float32Array(height * width * 3);
  const valid = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // MATLAB lays out column by column.
      const from = x * height + y;
      const to = y * width + x;
      normals.set([nx[from]!, ny[from]!, nz[from]!], 3 * to);
      valid[to] = depthValid[from]!;
    }
  }
  writeSealed(normalsFile(folder, id), bytesOf(normals));
  writeSealed(validFile(folder, id), bytesOf(valid));
}

/** What `cutNormals` left for an image. @throws DatasetError where a byte of it changed on the disk */
export function readNormals(folder: string, id: string): TrueNormals {
  return {
    normals: floatsOf(normalsFile(folder, id)),
    valid: floatsOf(validFile(folder, id)),
  };
}

/**
 * The codeword of every pixel: the nearest to its normal in Euclidean distance, in float64, the first of equals; 255 where
 * there is no normal.
 */
export function labelsFromNormals({ normals, valid }: TrueNormals, codebook: Float64Array): Uint8Array {
  const labels = new Uint8Array(valid.length);
  for (let i = 0; i < valid.length; i++) {
    if (valid[i] === 0) {
      labels[i] = 255;
      continue;
    }
    const [x, y, z] = [normals[3 * i]!, normals[3 * i + 1]!, normals[3 * i + 2]!];
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k * 3 < codebook.length; k++) {
      const [dx, dy, dz] = [x - codebook[3 * k]!, y - codebook[3 * k + 1]!, z - codebook[3 * k + 2]!];
      const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
      if (distance < least) {
        least = distance;
        best = k;
      }
    }
    labels[i] = best;
  }
  return labels;
}
