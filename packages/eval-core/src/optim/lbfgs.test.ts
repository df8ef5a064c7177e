import { describe, expect, it } from "vitest";
import { minimise, type Objective, pointwise } from "./lbfgs.ts";

/** scipy.optimize.rosen and rosen_der. */
function rosenbrock(x: Float64Array) {
  const gradient = new Float64Array(x.length);
  let objective = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const valley = x[i + 1]! - x[i]! ** 2;
    objective += 100 * valley ** 2 + (1 - x[i]!) ** 2;
    gradient[i]! += -400 * x[i]! * valley - 2 * (1 - x[i]!);
    gradient[i + 1]! += 200 * valley;
  }
  return { objective, gradient };
}
const START = Float64Array.of(-1.2, 1, 0.5, -0.3, 2);

/** sum_i (i + 1)^3 / 2 * (x_i - 1)^2 */
const quadratic = () =>
  pointwise((x) => {
    const gradient = x.map((value, i) => (i + 1) ** 3 * (value - 1));
    return {
      objective: x.reduce((sum, value, i) => sum + ((i + 1) ** 3 / 2) * (value - 1) ** 2, 0),
      gradient,
    };
  });

describe("minimise", () => {
  // scipy.optimize.minimize(rosen, START, jac=rosen_der, method="L-BFGS-B", options=dict(gtol=1e-4, maxiter=...))
  it.each([
    [5, 5, 5.509588995857735, -0.6140412475298994],
    [15, 15, 4.655588944253443, -0.587071650299949],
    [100, 41, 3.9308394341715593, -0.96205076330998],
  ])("follows SciPy's L-BFGS-B: after %d iterations", async (maxIterations, iterations, objective, x0) => {
    const found = await minimise(pointwise(rosenbrock), START, {
      style: "scipy",
      maxIterations,
      gradientTolerance: 1e-4,
      objectiveTolerance: 1e7 * Number.EPSILON,
    });
    expect(found.iterations).toBe(iterations);
    expect(found.objective).toBeCloseTo(objective, 9);
    expect(found.x[0]).toBeCloseTo(x0, 7);
    expect(found.status).toBe(iterations === maxIterations ? "iteration-limit" : "converged");
  });

  it("finds the optimum of a convex function by its own search, exactly where the gradient says", async () => {
    const found = await minimise(quadratic(), new Float64Array(30), {
      maxIterations: 500,
      gradientTolerance: 1e-9,
    });
    expect(found.status).toBe("converged");
    expect(found.gradientNorm).toBeLessThanOrEqual(1e-9);
    for (const value of found.x) expect(value).toBeCloseTo(1, 8);
  });

  it("says when it ran out of iterations", async () => {
    const found = await minimise(quadratic(), new Float64Array(30), { maxIterations: 3 });
    expect(found).toMatchObject({ status: "iteration-limit", iterations: 3 });
  });

  it("says when no step along the negative gradient helps", async () => {
    const lying = pointwise((x) => ({ objective: x[0]! ** 2, gradient: Float64Array.of(-1) }));
    const found = await minimise(lying, Float64Array.of(0), { maxIterations: 10 });
    expect(found).toMatchObject({ status: "line-search-failed", iterations: 0 });
  });

  it("is done at once where it starts at the optimum", async () => {
    const found = await minimise(quadratic(), new Float64Array(3).fill(1), { maxIterations: 10 });
    expect(found).toMatchObject({ status: "converged", iterations: 0, gradientNorm: 0 });
  });

  it("refuses a start where the objective is not a number, and stops when told", async () => {
    const broken: Objective = pointwise(() => ({ objective: Number.NaN, gradient: new Float64Array(1) }));
    await expect(minimise(broken, new Float64Array(1), { maxIterations: 1 })).rejects.toThrow(
      "the objective is NaN at the starting point",
    );
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(minimise(quadratic(), new Float64Array(3), { maxIterations: 9, signal })).rejects.toThrow(
      "enough",
    );
  });
});
