/**
 * DINOv3's rotary positions (after Su et al., 2021): queries and keys of patch (r, c) turned by angles of its place.
 *
 * y = 2 (r + 1/2)/rows - 1, x likewise; angles = 2 pi [y/P_0 .., x/P_0 ..], that twice over: D/h of them.
 * t' = t cos + rotated(t) sin, rotated([a, b]) = [-b, a] on halves. Prefix tokens are not turned: cos 1, sin 0.
 */
import { type Tensor, tensor } from "../../tensor/tensor.ts";

/** P_j = 100^(4 j h / D), where a file does not store them. */
export function rotationPeriods(width: number, heads: number): Float32Array {
  const head = width / heads;
  return Float32Array.from({ length: head / 4 }, (_, j) => 100 ** ((4 * j) / head));
}

/**
 * @returns tables [1, 1, prefix + rows * columns, D/h]; `signedSin` has the first half negated, so that
 *   rotated(t) sin = [b, a] signedSin needs no negation
 */
export function rotationTables(
  periods: Float32Array,
  prefix: number,
  [rows, columns]: readonly [number, number],
): { cos: Tensor<"float32">; signedSin: Tensor<"float32"> } {
  const quarter = periods.length;
  const head = 4 * quarter;
  const tokens = prefix + rows * columns;
  const [cos, sin] = [new Float32Array(tokens * head).fill(1), new Float32Array(tokens * head)];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = (prefix + r * columns + c) * head;
      const place = [(2 * (r + 0.5)) / rows - 1, (2 * (c + 0.5)) / columns - 1] as const;
      for (let j = 0; j < head; j++) {
        const half = j % (2 * quarter);
        const angle = (2 * Math.PI * place[half < quarter ? 0 : 1]) / periods[half % quarter]!;
        cos[at + j] = Math.cos(angle);
        sin[at + j] = j < 2 * quarter ? -Math.sin(angle) : Math.sin(angle);
      }
    }
  }
  const shape = [1, 1, tokens, head];
  return { cos: tensor("float32", shape, cos), signedSin: tensor("float32", shape, sin) };
}

/** 1/10000^(j/(D/4)) of MoCo-v3's fixed positions, which run over rows first; MAE's run over columns first. */
export function isRowFirstSines(positions: Tensor<"float32">, prefix: number, grid: number): boolean {
  const d = positions.shape[1]!;
  if (d % 4 !== 0 || grid < 2) return false;
  const quarter = d / 4;
  // sin(row) stands first: constant along a row of patches, and sin(1) in the second one.
  for (const [row, column] of [
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    const at = (prefix + row * grid + column) * d;
    for (let j = 0; j < quarter; j++) {
      const w = 10000 ** (-j / quarter);
      if (Math.abs(positions.data[at + j]! - Math.sin(row * w)) > 1e-3) return false;
      if (Math.abs(positions.data[at + 2 * quarter + j]! - Math.sin(column * w)) > 1e-3) return false;
    }
  }
  return true;
}
