/**
 * Class probabilities of every pixel of an image from logits of a lower resolution: stretched bilinearly, then softmax,
 * averaged over several inputs. A row at a time: all rows of 150 classes would be gigabytes.
 */
import type { Tensor } from "../../tensor/index.ts";
import { bilinearTaps } from "./plain-bilinear.ts";

/**
 * Calls back for every row with the mean probabilities of its pixels.
 * @param maps logits [1, classes, h, w], each of its own size
 * @param row its `probabilities` [width, classes] are overwritten by the next row's
 */
export function probabilityRows(
  maps: readonly Tensor<"float32">[],
  { width, height }: { readonly width: number; readonly height: number },
  row: (y: number, probabilities: Float64Array) => void,
): void {
  const classes = maps[0]!.shape[1]!;
  const inputs = maps.map(({ shape, data }) => {
    const [, , h, w] = shape as [number, number, number, number];
    return {
      data,
      h,
      w,
      rows: bilinearTaps(h, height),
      columns: bilinearTaps(w, width),
      blended: new Float64Array(w * classes),
    };
  });
  const probabilities = new Float64Array(width * classes);
  const logits = new Float64Array(classes);
  for (let y = 0; y < height; y++) {
    probabilities.fill(0);
    for (const { data, h, w, rows, columns, blended } of inputs) {
      const [top, bottom, down] = [rows.low[y]! * w, rows.high[y]! * w, rows.share[y]!];
      for (let c = 0; c < classes; c++) {
        const plane = c * h * w;
        for (let x = 0; x < w; x++)
          blended[x * classes + c] = data[plane + top + x]! * (1 - down) + data[plane + bottom + x]! * down;
      }
      for (let x = 0; x < width; x++) {
        const [left, right, across] = [
          columns.low[x]! * classes,
          columns.high[x]! * classes,
          columns.share[x]!,
        ];
        let most = Number.NEGATIVE_INFINITY;
        for (let c = 0; c < classes; c++) {
          const value = blended[left + c]! * (1 - across) + blended[right + c]! * across;
          logits[c] = value;
          if (value > most) most = value;
        }
        let sum = 0;
        for (let c = 0; c < classes; c++) {
          const value = Math.exp(logits[c]! - most);
          logits[c] = value;
          sum += value;
        }
        const scale = 1 / (sum * maps.length);
        for (let c = 0; c < classes; c++) probabilities[x * classes + c]! += logits[c]! * scale;
      }
    }
    row(y, probabilities);
  }
}
