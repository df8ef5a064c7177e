/** Loads a test image, or makes normals and angles of its logits, in a loading thread. */

import { readNormals } from "../../datasets/dense/normals-files.ts";
import { levelTable, type Normalisation } from "../../images/index.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import { loadKept } from "../../training/decoded.ts";
import type { Feeds } from "../../training/task.ts";
import { roundUp, type Size, scaledSize } from "../pixel-labels/canvas.ts";
import { writePixels } from "../pixel-labels/load-batch.ts";
import { plainBilinear } from "../pixel-labels/plain-bilinear.ts";
import { probabilityRows } from "../pixel-labels/probabilities.ts";

export type PredictRequest = LoadTest | MakeNormals;

/** Answers `input` [1, 3, H, W]. */
export interface LoadTest {
  readonly what: "load";
  readonly image: string;
  readonly short: number;
  readonly longest: number;
  readonly multiple: number;
  readonly normalisation: Normalisation;
}

/** Answers `normals` [H, W, 3], unit vectors, and `angles`, degrees, of the valid pixels in row order. */
export interface MakeNormals {
  readonly what: "normals";
  readonly logits: Tensor<"float32">;
  readonly codebook: Float64Array;
  readonly size: Size;
  /** Where the true normals of the image are. */
  readonly truth: { readonly folder: string; readonly id: string };
}

export async function prepare(request: PredictRequest): Promise<Feeds> {
  return request.what === "load" ? load(request) : make(request);
}

async function load({ image: path, short, longest, multiple, normalisation }: LoadTest): Promise<Feeds> {
  const image = await loadKept({ kind: "file", path });
  const fitted = scaledSize(image, short, longest);
  const size = { width: roundUp(fitted.width, multiple), height: roundUp(fitted.height, multiple) };
  const data = new Float32Array(3 * size.width * size.height);
  writePixels(plainBilinear(image, size), size, levelTable(normalisation), data);
  return { input: tensor("float32", [1, 3, size.height, size.width], data) };
}

/** Added to a length before a vector is divided by it. */
const SMALLEST = 2.22e-16;

/** sum of p_k codebook_k, in float64, divided by its length. */
export function normalOf(
  probabilities: Float64Array,
  at: number,
  codebook: Float64Array,
  into: Float64Array,
): void {
  const words = codebook.length / 3;
  let [x, y, z] = [0, 0, 0];
  for (let k = 0; k < words; k++) {
    const p = probabilities[at + k]!;
    x += p * codebook[3 * k]!;
    y += p * codebook[3 * k + 1]!;
    z += p * codebook[3 * k + 2]!;
  }
  const length = Math.sqrt(x * x + y * y + z * z) + SMALLEST;
  into[0] = x / length;
  into[1] = y / length;
  into[2] = z / length;
}

/** Degrees between two directions, of which neither needs to be of unit length. */
export function angleBetween(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  const [u, v, w] = [truth[0]!, truth[1]!, truth[2]!];
  const length = Math.sqrt(u * u + v * v + w * w) + SMALLEST;
  const dot = (predicted[0]! * u + predicted[1]! * v + predicted[2]! * w) / length;
  return (Math.acos(Math.min(1, Math.max(-1, dot))) * 180) / Math.PI;
}

async function make({ logits, codebook, size, truth: place }: MakeNormals): Promise<Feeds> {
  const truth = readNormals(place.folder, place.id);
  const normals = new Float32Array(size.width * size.height * 3);
  const angles = new Float32Array(size.width * size.height);
  let count = 0;
  const normal = new Float64Array(3);
  const words = codebook.length / 3;
  probabilityRows([logits], size, (y, probabilities) => {
    for (let x = 0; x < size.width; x++) {
      const at = y * size.width + x;
      normalOf(probabilities, x * words, codebook, normal);
      normals.set(normal, 3 * at);
      if (!(truth.valid[at]! > 0)) continue;
      angles[count++] = angleBetween(normal, truth.normals.subarray(3 * at, 3 * at + 3));
    }
  });
  return {
    normals: tensor("float32", [size.height, size.width, 3], normals),
    angles: tensor("float32", [count], angles.slice(0, count)),
  };
}
