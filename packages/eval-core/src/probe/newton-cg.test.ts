import { describe, expect, it, onTestFinished } from "vitest";
import { SeededRandom, type Tensor } from "../tensor/index.ts";
import { openFeatures } from "./device.ts";
import { type LinearTask, lossOf, plainProducts } from "./loss.ts";
import { Preconditioner, subtractRowMeans } from "./preconditioner.ts";
import { strongestDirections, symmetricEigen } from "./spectrum.ts";

const SAMPLES = 40;
const FEATURES = 7;
const CLASSES = 4;
const PENALTY = 0.5;

function makeProblem(task: LinearTask) {
  const random = new SeededRandom(4);
  const data = Float32Array.from({ length: SAMPLES * FEATURES }, (_, i) =>
    random.normal(0, 1 + (i % FEATURES)),
  );
  const x: Tensor<"float32"> = { dtype: "float32", shape: [SAMPLES, FEATURES], data };
  const multiple = task === "multi-label";
  const labels = Int32Array.from({ length: multiple ? SAMPLES * CLASSES : SAMPLES }, () =>
    random.below(multiple ? 2 : CLASSES),
  );
  const parameters = Float64Array.from({ length: (FEATURES + 1) * CLASSES }, () => random.normal(0, 0.2));
  if (!multiple) subtractRowMeans(parameters, CLASSES);
  return { x, labels, parameters };
}

describe.each(["multi-class", "multi-label"] as const)("a Newton step of a %s problem", (task) => {
  const { x, labels, parameters } = makeProblem(task);
  const plain = plainProducts(x, CLASSES);
  const loss = lossOf(task, labels, CLASSES);
  const weights = FEATURES * CLASSES;

  const gradientAt = async (at: Float64Array) => {
    const residuals = new Float64Array(SAMPLES * CLASSES);
    loss(Float64Array.from(await plain.logits(at)), undefined, 0, residuals);
    const gradient = await plain.gradient(residuals);
    for (let i = 0; i < weights; i++) gradient[i] = gradient[i]! + PENALTY * at[i]!;
    return { gradient, residuals };
  };

  const stepFrom = async (tolerance: number) => {
    const features = await openFeatures(x, "cpu");
    onTestFinished(() => features[Symbol.asyncDispose]());
    const total = x.data.reduce((sum, value) => sum + value * value, 0);
    const preconditioner = await Preconditioner.of(
      (rank) => features.products(rank, "single"),
      features,
      total,
    );
    const newtonCg = await features.newtonCg(task, labels, CLASSES, preconditioner.basis);
    const { gradient, residuals } = await gradientAt(parameters);
    const inverse = preconditioner.at(PENALTY, residuals, CLASSES);
    const found = await newtonCg.solve({
      gradient,
      residuals,
      penalty: PENALTY,
      inverse,
      tolerance,
      interceptTolerance: tolerance,
      maxIterations: 100,
    });
    return { found, gradient };
  };

  it("solves H s = -g, by the gradient's finite differences along s", async () => {
    const { found, gradient } = await stepFrom(1e-4);
    expect(found.iterations).toBeLessThan(60);
    const tiny = 1e-5;
    const ahead = await gradientAt(parameters.map((value, i) => value + tiny * found.step[i]!));
    const behind = await gradientAt(parameters.map((value, i) => value - tiny * found.step[i]!));
    gradient.forEach((g, i) => {
      expect((ahead.gradient[i]! - behind.gradient[i]!) / (2 * tiny)).toBeCloseTo(-g, 3);
    });
  });

  it("answers the logits' change with it, and ends where it is told", async () => {
    const { found, gradient } = await stepFrom(1);
    const change = await plain.logits(found.step);
    found.change.forEach((value, i) => {
      expect(value).toBeCloseTo(change[i]!, 4);
    });
    expect(found.residualNorm).toBeLessThanOrEqual(1);
    expect(found.residualNorm).toBeLessThan(Math.hypot(...gradient.subarray(0, weights)));
  });
});

it("the strongest directions are the eigenvectors of X'X", async () => {
  const { x } = makeProblem("multi-class");
  const gram = Array.from({ length: FEATURES }, (_, a) =>
    Float64Array.from({ length: FEATURES }, (_, b) => {
      let sum = 0;
      for (let i = 0; i < SAMPLES; i++) sum += x.data[i * FEATURES + a]! * x.data[i * FEATURES + b]!;
      return sum;
    }),
  );
  const all = symmetricEigen(gram.map((row) => row.slice()));
  const { values, basis } = await strongestDirections(plainProducts(x, FEATURES));
  expect([...values]).toEqual([...all.values].sort((a, b) => b - a).map((v) => expect.closeTo(v, 4)));
  for (let k = 0; k < FEATURES; k++) {
    const direction = Array.from({ length: FEATURES }, (_, j) => basis[j * FEATURES + k]!);
    gram.forEach((row, j) => {
      const product = direction.reduce((sum, value, i) => sum + value * row[i]!, 0);
      expect(product / values[k]!).toBeCloseTo(direction[j]!, 4);
    });
  }
});
