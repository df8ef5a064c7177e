/**
 * Seeded features like a network's after its pooling: not negative, with a spectrum that decays as a power, and
 * classes that lie apart along the strong directions, some of them hard to tell.
 */
import { SeededRandom, type Tensor } from "../src/tensor/index.ts";

export interface BenchSplit {
  readonly x: Tensor<"float32">;
  readonly y: Tensor<"int32">;
}

const FACTORS = 320;

export function makeSplits(
  sizes: Readonly<Record<"train" | "val" | "test", number>>,
  features: number,
  classes: number,
): Record<"train" | "val" | "test", BenchSplit> {
  const random = new SeededRandom(3);
  const normals = (n: number, deviation = 1) =>
    Float64Array.from({ length: n }, () => random.normal(0, deviation));
  // Factor f has the strength (f + 1)^-0.6, and is spread over all features.
  const loadings = normals(FACTORS * features, 1);
  const strength = Float64Array.from({ length: FACTORS }, (_, f) => (f + 1) ** -0.6);
  const base = normals(features, 0.7);
  const centres = normals(classes * FACTORS, 0.3);
  // What is no factor's: a noise of its own for each feature, some of it strong.
  const noise = normals(features, 0.6).map((log) => 0.35 * Math.exp(log));
  const make = (samples: number): BenchSplit => {
    const x = new Float32Array(samples * features);
    const y = new Int32Array(samples);
    const row = new Float64Array(features);
    for (let i = 0; i < samples; i++) {
      const label = random.below(classes);
      y[i] = label;
      row.set(base);
      for (let f = 0; f < FACTORS; f++) {
        const value = 0.6 * strength[f]! * (centres[label * FACTORS + f]! + random.normal());
        for (let j = 0; j < features; j++) row[j] = row[j]! + value * loadings[f * features + j]!;
      }
      for (let j = 0; j < features; j++)
        x[i * features + j] = 0.4 * Math.max(0, row[j]! + random.normal(0, noise[j]!));
    }
    return {
      x: { dtype: "float32", shape: [samples, features], data: x },
      y: { dtype: "int32", shape: [samples], data: y },
    };
  };
  return { train: make(sizes.train), val: make(sizes.val), test: make(sizes.test) };
}
