import { describe, expect, it, onTestFinished } from "vitest";
import { minimise } from "../optim/lbfgs.ts";
import { SeededRandom, type Tensor } from "../tensor/index.ts";
import { openFeatures } from "./device.ts";
import { type LinearLabels, type LinearTask, lossOf, penaltyOf, plainProducts } from "./loss.ts";
import { LinearObjective } from "./objective.ts";

const SAMPLES = 30;
const FEATURES = 5;
const CLASSES = 4;

function makeProblem(seed = 1) {
  const random = new SeededRandom(seed);
  const data = Float32Array.from({ length: SAMPLES * FEATURES }, () => random.normal(0.5));
  const x: Tensor<"float32"> = { dtype: "float32", shape: [SAMPLES, FEATURES], data };
  const single = Int32Array.from({ length: SAMPLES }, () => random.below(CLASSES));
  const multiple = Int32Array.from({ length: SAMPLES * CLASSES }, () => random.below(2));
  const parameters = Float64Array.from({ length: (FEATURES + 1) * CLASSES }, () => random.normal());
  return { x, labels: { "multi-class": single, "multi-label": multiple }, parameters };
}

const objectiveOf = (x: Tensor<"float32">, labels: LinearLabels, task: LinearTask, penalty: number) =>
  new LinearObjective(plainProducts(x, CLASSES), lossOf(task, labels, CLASSES), penalty);

async function optimum(x: Tensor<"float32">, labels: LinearLabels, task: LinearTask, penalty: number) {
  const start = new Float64Array((x.shape[1]! + 1) * CLASSES);
  const options = { maxIterations: 1000, gradientTolerance: 1e-10 };
  return minimise(objectiveOf(x, labels, task, penalty), start, options);
}

describe.each(["multi-class", "multi-label"] as const)("the %s objective", (task) => {
  const { x, labels, parameters } = makeProblem();

  it("has the gradient of finite differences", async () => {
    const objective = objectiveOf(x, labels[task], task, 0.7);
    const { gradient } = await objective.start(parameters);
    const step = 1e-6;
    for (let i = 0; i < parameters.length; i++) {
      const at = async (sign: number) => {
        const moved = parameters.slice();
        moved[i]! += sign * step;
        return (await objective.start(moved)).objective;
      };
      expect(gradient[i]).toBeCloseTo(((await at(1)) - (await at(-1))) / (2 * step), 6);
    }
  });

  it("has the same value and slope along a line as at its points", async () => {
    const objective = objectiveOf(x, labels[task], task, 0.7);
    await objective.start(parameters);
    const direction = parameters.map((value, i) => Math.sin(i) - value);
    const line = await objective.along(direction);
    const { value, slope } = line.at(0.3);
    const accepted = await objective.accept(0.3);
    const fresh = await objectiveOf(x, labels[task], task, 0.7).start(
      parameters.map((p, i) => p + 0.3 * direction[i]!),
    );
    expect(value).toBeCloseTo(fresh.objective, 10);
    expect(accepted.objective).toBe(value);
    expect(slope).toBeCloseTo(
      fresh.gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0),
      9,
    );
    accepted.gradient.forEach((g, i) => {
      expect(g).toBeCloseTo(fresh.gradient[i]!, 10);
    });
  });

  it("doubles with every sample given twice and the penalty doubled, at the same optimum", async () => {
    const twice = { ...x, shape: [2 * SAMPLES, FEATURES], data: Float32Array.of(...x.data, ...x.data) };
    const one = await optimum(x, labels[task], task, 0.5);
    const two = await optimum(twice, Int32Array.of(...labels[task], ...labels[task]), task, 1);
    expect(two.objective).toBeCloseTo(2 * one.objective, 8);
    two.x.forEach((value, i) => {
      expect(value).toBeCloseTo(one.x[i]!, 7);
    });
  });

  it("does not care for a constant added to a feature, but for the intercept", async () => {
    const shifted = { ...x, data: x.data.map((value, i) => (i % FEATURES === 2 ? value + 4 : value)) };
    const one = await optimum(x, labels[task], task, 0.5);
    const other = await optimum(shifted, labels[task], task, 0.5);
    expect(other.objective).toBeCloseTo(one.objective, 5); // float32 features round differently beside 4
    for (let i = 0; i < FEATURES * CLASSES; i++) expect(other.x[i]).toBeCloseTo(one.x[i]!, 5);
  });
});

describe("the softmax loss", () => {
  it("permutes with the labels", async () => {
    const { x, labels } = makeProblem();
    const order = [2, 0, 3, 1];
    const one = await optimum(x, labels["multi-class"], "multi-class", 0.5);
    const renamed = labels["multi-class"].map((label) => order[label]!);
    const other = await optimum(x, renamed, "multi-class", 0.5);
    expect(other.objective).toBeCloseTo(one.objective, 9);
    one.x.forEach((value, i) => {
      const place = i - (i % CLASSES) + order[i % CLASSES]!;
      expect(other.x[place]).toBeCloseTo(value, 7);
    });
  });

  it("keeps its relative precision where it is tiny, and is finite where logits are huge", () => {
    const loss = lossOf("multi-class", Int32Array.of(0), 2);
    const residuals = new Float64Array(2);
    expect(loss(Float64Array.of(40, 0), undefined, 0, residuals).loss / Math.exp(-40)).toBeCloseTo(1, 12);
    expect(residuals[0]! / -Math.exp(-40)).toBeCloseTo(1, 12);
    expect(loss(Float64Array.of(-1e4, 1e4), undefined, 0, residuals).loss).toBe(2e4);
    expect([...residuals]).toEqual([-1, 1]);
  });

  it("over two classes is the sigmoid at half the penalty, as `penaltyOf` says", async () => {
    const { x, labels } = makeProblem(5);
    const column = Int32Array.from({ length: SAMPLES }, (_, i) => labels["multi-label"][i * CLASSES]!);
    const weightDecay = 0.8;
    const fit = (task: LinearTask, classes: number, penalty: number) =>
      minimise(
        new LinearObjective(plainProducts(x, classes), lossOf(task, column, classes), penalty),
        new Float64Array((FEATURES + 1) * classes),
        { maxIterations: 1000, gradientTolerance: 1e-10 },
      );
    const two = await fit("multi-class", 2, weightDecay);
    const one = await fit("multi-label", 1, penaltyOf(weightDecay, "multi-label"));
    expect(one.objective).toBeCloseTo(two.objective, 9);
    one.x.forEach((value, i) => {
      expect(value).toBeCloseTo(two.x[2 * i + 1]! - two.x[2 * i]!, 7);
    });
  });
});

describe("the products on a device", () => {
  it.each([
    ["single", 1e-5],
    ["double", 1e-12],
  ] as const)("in %s agree with the plain ones to %d", async (precision, tolerance) => {
    const { x, parameters } = makeProblem(2);
    const features = await openFeatures(x, "cpu");
    onTestFinished(() => features[Symbol.asyncDispose]());
    const products = await features.products(CLASSES, precision);
    const plain = plainProducts(x, CLASSES);
    const near = (a: ArrayLike<number>, b: ArrayLike<number>) => {
      expect(a.length).toBe(b.length);
      for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(tolerance * 10);
    };
    near(await products.logits(parameters), await plain.logits(parameters));
    const residuals = Float64Array.from({ length: SAMPLES * CLASSES }, (_, i) => Math.cos(i));
    near(await products.gradient(residuals), await plain.gradient(residuals));
  });

  it.each(["multi-class", "multi-label"] as const)("in one pass give the %s gradient", async (task) => {
    const { x, labels, parameters } = makeProblem(3);
    const features = await openFeatures(x, "cpu");
    onTestFinished(() => features[Symbol.asyncDispose]());
    const at = await (await features.doubleGradient(task, labels[task], CLASSES))(parameters);
    const plain = plainProducts(x, CLASSES);
    const logits = Float64Array.from(await plain.logits(parameters));
    const residuals = new Float64Array(logits.length);
    lossOf(task, labels[task], CLASSES)(logits, undefined, 0, residuals);
    expect([...at.logits]).toEqual([...logits].map((z) => expect.closeTo(z, 11)));
    expect([...at.gradient]).toEqual(
      [...(await plain.gradient(residuals))].map((g) => expect.closeTo(g, 11)),
    );
  });

  it("in one pass are those of all blocks of rows, and keep residuals that are tiny", async () => {
    const samples = 1100;
    const x = { dtype: "float32", shape: [samples, 1], data: new Float32Array(samples).fill(1) } as const;
    const features = await openFeatures(x, "cpu");
    onTestFinished(() => features[Symbol.asyncDispose]());
    const gradientAt = await features.doubleGradient("multi-class", new Int32Array(samples), 2);
    const { logits, gradient } = await gradientAt(Float64Array.of(30, 0, 10, 0));
    expect([...logits]).toEqual(Array.from({ length: 2 * samples }, (_, i) => (i % 2 === 0 ? 40 : 0)));
    const expected = samples * Math.exp(-40);
    [-1, 1, -1, 1].forEach((sign, i) => {
      expect(gradient[i]! / (sign * expected)).toBeCloseTo(1, 12);
    });
  });
});
