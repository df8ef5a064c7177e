/** From class scores and box offsets of proposals to the detections of an image. */
import { clipBoxes, decodeBox, HEAD_WEIGHTS } from "./coding.ts";
import { descending, movedApart, suppress } from "./nms.ts";

export interface DetectionOptions {
  /** Probability that a detection must exceed. */
  readonly scoreThreshold: number;
  /** IoU above which the worse of two of a class goes. */
  readonly nmsThreshold: number;
  /** At most so many an image. */
  readonly most: number;
  /** As of proposals. */
  readonly offsetGroups?: boolean;
}

/** As published. */
export const PUBLISHED_DETECTIONS: DetectionOptions = { scoreThreshold: 0.05, nmsThreshold: 0.5, most: 100 };

export interface Detection {
  /** x1, y1, x2, y2 in the pixels of the original image. */
  readonly box: readonly [number, number, number, number];
  /** Probability of the class, in 0 to 1. */
  readonly score: number;
  readonly class: number;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * @param proposals [R, 4]
 * @param scores logits [R, K + 1], the background last
 * @param deltas [R, 4 K]
 * @param image the network's image without padding; `original` is what boxes are scaled back to
 */
export function selectDetections(
  proposals: Float32Array,
  scores: Float32Array,
  deltas: Float32Array,
  classes: number,
  image: Size,
  original: Size,
  { scoreThreshold, nmsThreshold, most, offsetGroups = false }: DetectionOptions = PUBLISHED_DETECTIONS,
): Detection[] {
  const rows = proposals.length / 4;
  const boxes: number[] = [];
  const found: number[] = [];
  const kinds: number[] = [];
  const decoded = new Float32Array(4 * classes);
  for (let r = 0; r < rows; r++) {
    const probabilities = softmax(scores.subarray(r * (classes + 1), (r + 1) * (classes + 1)));
    for (let c = 0; c < classes; c++)
      decodeBox(proposals, r * 4, deltas, (r * classes + c) * 4, HEAD_WEIGHTS, decoded, c * 4);
    if (!decoded.every(Number.isFinite) || !probabilities.every(Number.isFinite)) continue;
    clipBoxes(decoded, image.height, image.width);
    for (let c = 0; c < classes; c++) {
      if (!(probabilities[c]! > scoreThreshold)) continue;
      boxes.push(...decoded.subarray(c * 4, c * 4 + 4));
      found.push(probabilities[c]!);
      kinds.push(c);
    }
  }
  const [all, values] = [Float32Array.from(boxes), Float32Array.from(found)];
  const kept = offsetGroups
    ? suppress(movedApart(all, kinds), descending(values), nmsThreshold, undefined, most)
    : suppress(all, descending(values), nmsThreshold, kinds, most);
  const scale = [original.width / image.width, original.height / image.height] as const;
  return Array.from(kept).flatMap((i): Detection[] => {
    const box = Float32Array.from(all.subarray(i * 4, i * 4 + 4), (v, k) => v * scale[k % 2]!);
    clipBoxes(box, original.height, original.width);
    const [x1, y1, x2, y2] = box as unknown as [number, number, number, number];
    return x2 > x1 && y2 > y1 ? [{ box: [x1, y1, x2, y2], score: values[i]!, class: kinds[i]! }] : [];
  });
}

function softmax(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const exponentials = Float64Array.from(logits, (v) => Math.exp(v - most));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((v) => v / sum);
}
