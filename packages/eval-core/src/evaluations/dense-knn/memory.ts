/**
 * The memory bank of dense k-NN: which patches of a training picture are stored, with which soft label (Balazevic et al. 2023,
 * as open-hummingbird-eval does it). A soft label is kept as counts of pixels by class.
 */

export const VOID = 255;

/** `class-0`: void pixels count as class 0, as is published. `left-out`: they do not count, nor does a patch of nothing else. */
export type VoidRule = "class-0" | "left-out";

export interface PatchLabels {
  /** patches x classes, pixels of each class. */
  readonly counts: Uint16Array;
  /** Pixels that count, of each patch. */
  readonly totals: Uint16Array;
}

/**
 * The classes of the pixels of each patch.
 * @param mask side x side, side = grid * patch
 */
export function patchLabels(
  mask: Uint8Array,
  grid: number,
  patch: number,
  classes: number,
  rule: VoidRule,
): PatchLabels {
  const side = grid * patch;
  if (mask.length !== side * side) {
    throw new RangeError(`the mask has ${mask.length} pixels: expected ${side} x ${side}`);
  }
  const counts = new Uint16Array(grid * grid * classes);
  const totals = new Uint16Array(grid * grid);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = mask[y * side + x]!;
      const label = value === VOID && rule === "class-0" ? 0 : value;
      if (label === VOID) continue;
      if (label >= classes) {
        throw new RangeError(
          `a mask holds class ${label}: expected 0 to ${classes - 1}, or ${VOID} for void`,
        );
      }
      const at = Math.floor(y / patch) * grid + Math.floor(x / patch);
      counts[at * classes + label]!++;
      totals[at]!++;
    }
  }
  return { counts, totals };
}

/** Σ over the classes in a patch of how many patches of the picture have that class: rare classes score low. */
export function patchScores({ counts, totals }: PatchLabels): Float64Array {
  const patches = totals.length;
  const classes = counts.length / patches;
  const having = new Float64Array(classes);
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) having[i % classes]!++;
  return Float64Array.from({ length: patches }, (_, p) => {
    let sum = 0;
    for (let c = 0; c < classes; c++) if (counts[p * classes + c]! > 0) sum += having[c]!;
    return sum;
  });
}

/** The `keep` patches of least score times a uniform number of their own, the smaller index of equals. */
export function choosePatches(scores: Float64Array, uniforms: ArrayLike<number>, keep: number): Int32Array {
  const order = Array.from(scores, (score, p) => ({ p, value: score * uniforms[p]! }));
  order.sort((a, b) => a.value - b.value || a.p - b.p);
  return Int32Array.from(order.slice(0, keep), ({ p }) => p);
}
