/** Eigenvalues and projections: A V = V diag(values), seen through what is asked for; known spectra; refusal of NaN. */
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../tensor/index.ts";
import { StatisticsError, symmetricEigenvalues } from "../index.ts";

function makeSymmetric(n: number, seed: number, rank = n): Float64Array {
  const random = new SeededRandom(seed);
  const factors = Float64Array.from({ length: n * rank }, () => random.normal());
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < rank; k++) a[i * n + j]! += factors[i * rank + k]! * factors[j * rank + k]!;
    }
  }
  return a;
}

describe.each([1, 2, 3, 17, 60])("%i x n", (n) => {
  it("V'A V is diagonal: b'A^p b is Σ value^p (v'b)² for p = 0, 1, 2", () => {
    const a = makeSymmetric(n, n);
    const random = new SeededRandom(99);
    const b = Float64Array.from({ length: n }, () => random.normal());
    const times = (x: Float64Array) =>
      Float64Array.from({ length: n }, (_, i) => x.reduce((sum, v, j) => sum + a[i * n + j]! * v, 0));
    const inner = (x: Float64Array, y: Float64Array) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
    const ab = times(b);
    const { values, projected } = symmetricEigenvalues(a.slice(), n, b.slice());
    const moment = (p: number) => values.reduce((sum, value, i) => sum + value ** p * projected[i]! ** 2, 0);
    expect(moment(0) / inner(b, b)).toBeCloseTo(1, 12);
    expect(moment(1) / inner(b, ab)).toBeCloseTo(1, 12);
    expect(moment(2) / inner(ab, ab)).toBeCloseTo(1, 12);
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
    const trace = Array.from({ length: n }, (_, i) => a[i * n + i]!).reduce((sum, v) => sum + v, 0);
    expect(values.reduce((sum, v) => sum + v, 0) / trace).toBeCloseTo(1, 12);
  });
});

it("a matrix of low rank has as many zeros as it lacks", () => {
  const { values } = symmetricEigenvalues(makeSymmetric(30, 3, 4), 30);
  expect(values.filter((value) => value > 1e-9 * values[0]!).length).toBe(4);
});

it("a diagonal matrix is its own answer; one of NaN has none", () => {
  expect([...symmetricEigenvalues(Float64Array.of(2, 0, 0, 5), 2).values]).toEqual([5, 2]);
  expect(() => symmetricEigenvalues(new Float64Array(9).fill(Number.NaN), 3)).toThrow(StatisticsError);
});
