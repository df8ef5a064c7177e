/** All predictors of one dataset's features from two eigenvalue problems of the smaller Gram matrix. */
import type { Label } from "../../datasets/index.ts";
import { momentsOf } from "../../probe/affine.ts";
import { symmetricEigenvalues } from "../../stats/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type GramOptions, smallerGram } from "./gram.ts";
import type { Projections } from "./logme.ts";

export interface FeatureSpectrum {
  /** Singular values of the features as they are, descending, min(rows, features) of them. */
  readonly sigma: Float64Array;
  /** Eigenvalues of the centred covariance, as many. */
  readonly lambda: Float64Array;
  /** What LogME needs; undefined without labels. */
  readonly projections: Projections | undefined;
}

export type Labels = ArrayLike<number> | ArrayLike<Label>;

/** The classes that a row is of. */
const classesOf = (label: Label): readonly number[] =>
  typeof label === "number" ? [label] : label.flatMap((value, c) => (value > 0 ? [c] : []));

/** Below it, beside the largest, an eigenvalue of X'X is rounding, and its direction means nothing. */
const SMALLEST = 1e-13;

export interface SpectrumOptions extends GramOptions {
  /** A class a row, or one 0 or 1 a class: each class's column is a target of its own. */
  readonly labels?: Labels;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export async function featureSpectrum(
  x: Tensor<"float32">,
  { labels, onProgress, ...options }: SpectrumOptions = {},
): Promise<FeatureSpectrum> {
  const [rows = 0, features = 0] = x.shape;
  const size = Math.min(rows, features);
  onProgress?.(0, 4);
  const raw = await smallerGram(x, new Float64Array(features), options);
  onProgress?.(1, 4);
  options.signal?.throwIfAborted();
  const counts = labels ? countsOf(labels) : undefined;
  const columns = labels && counts ? indicatorColumns(x, labels, counts.length) : undefined;
  const own = symmetricEigenvalues(raw, size, columns);
  onProgress?.(2, 4);
  // A turn of the event loop between two problems of some seconds each.
  await new Promise((resolve) => setImmediate(resolve));
  options.signal?.throwIfAborted();
  const { mean } = momentsOf(x.data, features);
  const covariance = await smallerGram(x, mean, options);
  onProgress?.(3, 4);
  const centred = symmetricEigenvalues(covariance, size);
  onProgress?.(4, 4);
  return {
    sigma: own.values.map((value) => Math.sqrt(Math.max(value, 0))),
    lambda: centred.values.map((value) => Math.max(value, 0) / (rows - 1)),
    projections: counts ? projectionsOf(own, x.shape, counts) : undefined,
  };
}

/** Rows of each class: 0 to the largest, or all that labels tell of. */
function countsOf(labels: Labels): Float64Array {
  let classes = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    classes = Math.max(classes, typeof label === "number" ? label + 1 : label.length);
  }
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) for (const c of classesOf(labels[i]!)) counts[c]!++;
  return counts;
}

/** Y, rows x classes, where XX' is the smaller matrix; X'Y, features x classes, where X'X is. */
function indicatorColumns(x: Tensor<"float32">, labels: Labels, classes: number): Float64Array {
  const [rows = 0, features = 0] = x.shape;
  const tall = rows >= features;
  const columns = new Float64Array((tall ? features : rows) * classes);
  for (let row = 0; row < rows; row++) {
    for (const own of classesOf(labels[row]!)) {
      if (!tall) columns[row * classes + own] = 1;
      else {
        for (let j = 0; j < features; j++) columns[j * classes + own]! += x.data[row * features + j]!;
      }
    }
  }
  return columns;
}

/** (u_i · y)² is (v_i · X'y)² / s_i where V is at hand. */
function projectionsOf(
  { values, projected }: { readonly values: Float64Array; readonly projected: Float64Array },
  [rows = 0, features = 0]: readonly number[],
  counts: Float64Array,
): Projections {
  const tall = rows >= features;
  const kept = values.filter((value) => value > Math.max(values[0]!, 0) * SMALLEST);
  const classes = counts.length;
  const squares = new Float64Array(kept.length * classes);
  for (let i = 0; i < kept.length; i++) {
    for (let c = 0; c < classes; c++) {
      const along = projected[i * classes + c]! ** 2;
      squares[i * classes + c] = tall ? along / kept[i]! : along;
    }
  }
  return { rows, features, values: kept, squares, counts };
}
