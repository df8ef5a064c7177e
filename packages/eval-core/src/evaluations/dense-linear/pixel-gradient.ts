/**
 * Loss of one picture and its gradient by the scores of its patches, row by row: the logits of a batch of 16 at 512 x 512 and
 * 150 classes would be 2.5 GB. In float64; the plain reference is the same head as one graph, `trainingHead`.
 */
import { bilinearTaps } from "../pixel-labels/plain-bilinear.ts";

/** What is no class in `labels`. */
export const VOID = 255;

export interface PatchScores {
  /** classes x side x side */
  readonly scores: Float32Array;
  readonly classes: number;
  /** Patches a side. */
  readonly side: number;
}

export interface PixelLabels {
  readonly labels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface PixelGradient {
  /** Σ over labelled pixels of -log softmax(logits)[label]. */
  readonly loss: number;
  /** Labelled pixels whose first largest logit is the label's. */
  readonly correct: number;
  readonly labelled: number;
  /** classes x side x side, of loss / denominator. */
  readonly gradient: Float32Array;
}

/** logits = the scores, bilinear to the labels' size (half-pixel centres, edges clamped). */
export function pixelGradient(
  { scores, classes, side }: PatchScores,
  { labels, width, height }: PixelLabels,
  denominator: number,
): PixelGradient {
  const patches = side * side;
  // Classes last, so that the inner loops run over neighbours.
  const own = new Float64Array(patches * classes);
  for (let c = 0; c < classes; c++)
    for (let p = 0; p < patches; p++) own[p * classes + c] = scores[c * patches + p]!;
  const pull = new Float64Array(patches * classes);
  const [rows, columns] = [bilinearTaps(side, height), bilinearTaps(side, width)];
  const blended = new Float64Array(side * classes);
  const lifted = new Float64Array(side * classes);
  const z = new Float64Array(classes);
  let [loss, correct, labelled] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = [rows.low[y]! * side, rows.high[y]! * side, rows.share[y]!];
    for (let i = 0; i < side * classes; i++)
      blended[i] = own[top * classes + i]! * (1 - down) + own[bottom * classes + i]! * down;
    lifted.fill(0);
    for (let x = 0; x < width; x++) {
      const label = labels[y * width + x]!;
      if (label === VOID) continue;
      const [left, right, across] = [
        columns.low[x]! * classes,
        columns.high[x]! * classes,
        columns.share[x]!,
      ];
      let best = 0;
      for (let c = 0; c < classes; c++) {
        z[c] = blended[left + c]! * (1 - across) + blended[right + c]! * across;
        if (z[c]! > z[best]!) best = c;
      }
      const most = z[best]!;
      let sum = 0;
      const atLabel = z[label]!;
      for (let c = 0; c < classes; c++) {
        z[c] = Math.exp(z[c]! - most);
        sum += z[c]!;
      }
      loss += Math.log(sum) + most - atLabel;
      labelled++;
      if (best === label) correct++;
      // (softmax - one at the label) / denominator, back along the two columns.
      const scale = 1 / (sum * denominator);
      for (let c = 0; c < classes; c++) {
        const d = z[c]! * scale;
        lifted[left + c]! += d * (1 - across);
        lifted[right + c]! += d * across;
      }
      lifted[left + label]! -= (1 - across) / denominator;
      lifted[right + label]! -= across / denominator;
    }
    for (let i = 0; i < side * classes; i++) {
      pull[top * classes + i]! += lifted[i]! * (1 - down);
      pull[bottom * classes + i]! += lifted[i]! * down;
    }
  }
  const gradient = new Float32Array(patches * classes);
  for (let c = 0; c < classes; c++)
    for (let p = 0; p < patches; p++) gradient[c * patches + p] = pull[p * classes + c]!;
  return { loss, correct, labelled, gradient };
}
