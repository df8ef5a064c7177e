/** A part of a correlation matrix, written into memory that threads share. */
import { type Coefficient, correlationMatrix } from "@transferboard/eval-core/stats";

/** The numbers lie in memory that all threads share; each writes the rows of its own part. */
export interface PartOfMatrix {
  readonly size: number;
  readonly rows: number;
  readonly coefficient: Coefficient;
  readonly part: { readonly index: number; readonly of: number };
  /** size columns of `rows` doubles, NaN where there is none. */
  readonly columns: SharedArrayBuffer;
  /** size x size doubles and whole numbers of 4 bytes. */
  readonly coefficients: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  /** size x size doubles; none but for Kendall's. */
  readonly pValues: SharedArrayBuffer;
}

export function computePart({ size, rows, coefficient, part, ...shared }: PartOfMatrix): null {
  const columns = Array.from(
    { length: size },
    (_, i) => new Float64Array(shared.columns, 8 * rows * i, rows),
  );
  const computed = correlationMatrix(columns, coefficient, {
    pValues: coefficient === "KENDALL",
    part,
  });
  const coefficients = new Float64Array(shared.coefficients);
  const counts = new Uint32Array(shared.counts);
  const pValues = new Float64Array(shared.pValues);
  for (let i = part.index; i < size; i += part.of) {
    for (let j = i; j < size; j++) {
      const [at, mirrored] = [i * size + j, j * size + i];
      coefficients[at] = coefficients[mirrored] = computed.coefficients[at]!;
      counts[at] = counts[mirrored] = computed.counts[at]!;
      if (pValues.length > 0) pValues[at] = pValues[mirrored] = computed.pValues[at]!;
    }
  }
  return null;
}
