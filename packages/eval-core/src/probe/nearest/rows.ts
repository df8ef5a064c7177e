/**
 * Feature rows and their exact cosine. Every similarity that decides anything is computed here, in float64 from the
 * float32 features and in one order of additions, so that equal rows have equal bits on every device.
 */

/** `count` rows of `width` features, row-major. */
export interface Rows {
  readonly data: Float32Array;
  readonly count: number;
  readonly width: number;
}

/** What a bad set of rows is told by: one sentence for the user. */
export class RowsError extends Error {
  override readonly name = "RowsError";
}

/** Below it a norm counts as this: PyTorch's `normalize`. A row of zeros stays zero, and is similar to nothing. */
const SMALLEST_NORM = 1e-12;

/**
 * @param shape rows x features
 * @throws RowsError on another shape, or naming the first value that is not finite
 */
export function rowsOf(
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
  what: string,
): Rows {
  const [count = 0, width = 0] = shape;
  if (shape.length !== 2 || width === 0 || count * width !== data.length) {
    throw new RowsError(`the ${what} features have shape [${shape}]: expected [images, features]`);
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new RowsError(
        `the ${what} features hold ${data[i]} in row ${Math.floor(i / width)}, column ${i % width}: every feature must be a finite number`,
      );
    }
  }
  return { data, count, width };
}

/** Σ a_j b_j of a row in float64, four chains of additions. */
function dot(
  a: Float64Array | Float32Array,
  atA: number,
  b: Float32Array,
  atB: number,
  width: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (; j + 3 < width; j += 4) {
    s0 += a[atA + j]! * b[atB + j]!;
    s1 += a[atA + j + 1]! * b[atB + j + 1]!;
    s2 += a[atA + j + 2]! * b[atB + j + 2]!;
    s3 += a[atA + j + 3]! * b[atB + j + 3]!;
  }
  for (; j < width; j++) s0 += a[atA + j]! * b[atB + j]!;
  return s0 + s1 + (s2 + s3);
}

/** The Euclidean norm of every row, at least 1e-12. */
export function normsOf({ data, count, width }: Rows): Float64Array {
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    norms[i] = Math.max(Math.sqrt(dot(data, i * width, data, i * width, width)), SMALLEST_NORM);
  }
  return norms;
}

/** Rows `from` to `to` at unit length, rounded to float32: what a device multiplies. */
export function unitRows({ data, width }: Rows, norms: Float64Array, from: number, to: number): Float32Array {
  const unit = new Float32Array((to - from) * width);
  for (let i = from, at = 0; i < to; i++) {
    const norm = norms[i]!;
    for (let j = i * width, end = j + width; j < end; j++, at++) unit[at] = data[j]! / norm;
  }
  return unit;
}

/** Exact cosines of one set of rows with another. */
export class Cosines {
  readonly train: Rows;
  readonly query: Rows;
  readonly trainNorms: Float64Array;
  readonly queryNorms: Float64Array;
  readonly #unit: Float64Array;
  #current = -1;

  constructor(train: Rows, query: Rows, norms: { train?: Float64Array; query?: Float64Array } = {}) {
    if (train.width !== query.width) {
      throw new RowsError(`the rows that ask have ${query.width} features, those that answer ${train.width}`);
    }
    this.train = train;
    this.query = query;
    this.trainNorms = norms.train ?? normsOf(train);
    this.queryNorms = norms.query ?? (query === train ? this.trainNorms : normsOf(query));
    this.#unit = new Float64Array(query.width);
  }

  /** Whether query `q` has no direction: it is similar to nothing, 0 to every row. */
  isZero(q: number): boolean {
    if (this.queryNorms[q]! > SMALLEST_NORM) return false;
    const { data, width } = this.query;
    return data.subarray(q * width, (q + 1) * width).every((value) => value === 0);
  }

  /** u(q) · u(t) */
  between(q: number, t: number): number {
    const { width } = this.query;
    if (q !== this.#current) {
      const norm = this.queryNorms[q]!;
      for (let j = 0; j < width; j++) this.#unit[j] = this.query.data[q * width + j]! / norm;
      this.#current = q;
    }
    return dot(this.#unit, 0, this.train.data, t * width, width) / this.trainNorms[t]!;
  }
}
