/** The vote from rounded similarities: what it decides is what the exact one says; and classification in blocks and pieces. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rows } from "../../probe/nearest/index.ts";
import { SeededRandom } from "../../tensor/index.ts";
import { classify, type KnnOptions, type KnnState } from "./classify.ts";
import { Ballot } from "./vote.ts";

describe("a vote", () => {
  it("decided from rounded similarities is the exact one, in every temperature", () => {
    let decided = 0;
    fc.assert(
      fc.property(fc.nat(100_000), fc.constantFrom(0.01, 0.07, 0.5), (seed, temperature) => {
        const random = new SeededRandom(seed);
        const [classes, k, error] = [8, 6, 1e-4];
        const exact = Float64Array.from({ length: k + 4 }, () => 0.9 + 0.002 * random.below(40))
          .sort()
          .reverse();
        const labels = Int32Array.from({ length: k + 4 }, () => random.below(classes));
        const index = Int32Array.from(exact, (_, i) => i);
        const rounded = exact.map((s) => s + random.uniform(-error, error));
        const order = [...index].sort((a, b) => rounded[b]! - rounded[a]!);
        const own = random.below(classes);
        const ballot = new Ballot(labels, classes);
        const quick = ballot.decide(
          Int32Array.from(order),
          Float32Array.from(order, (i) => rounded[i]!),
          k,
          temperature,
          own,
          error * 1.01,
        );
        if (!quick) return;
        decided++;
        expect(quick).toEqual(ballot.count({ index, similarity: exact }, k, temperature, own));
      }),
      { numRuns: 500 },
    );
    expect(decided).toBeGreaterThan(100);
  });

  it("of equal weight goes to the smaller class; the nearest alone decides where the temperature is tiny", () => {
    const ballot = new Ballot([4, 2, 2], 5);
    const tie = { index: Int32Array.of(0, 1), similarity: Float64Array.of(0.5, 0.5) };
    expect(ballot.count(tie, 2, 0.07, 4)).toEqual({ top: 2, inTop5: true });
    const far = { index: Int32Array.of(0, 1, 2), similarity: Float64Array.of(0.9, -0.5, -0.5) };
    // exp(-1.4 / 1e-4) is 0 in float64: the class has a vote all the same.
    expect(ballot.count(far, 3, 1e-4, 2)).toEqual({ top: 4, inTop5: true });
  });

  it("never counts a class without a vote among the five", () => {
    const ballot = new Ballot([0], 3);
    expect(ballot.count({ index: Int32Array.of(0), similarity: Float64Array.of(1) }, 1, 0.07, 1).inTop5).toBe(
      false,
    );
  });
});

describe("classification", () => {
  const make = (count: number, seed: number): Rows => {
    const random = new SeededRandom(seed);
    return { data: Float32Array.from({ length: count * 6 }, () => random.below(4) - 1.5), count, width: 6 };
  };
  const labels = (count: number, seed: number) => {
    const random = new SeededRandom(seed);
    return Int32Array.from({ length: count }, () => random.below(5));
  };
  const options: KnnOptions = {
    train: make(80, 1),
    trainLabels: labels(80, 2),
    query: make(37, 3),
    queryLabels: labels(37, 4),
    classes: 5,
    ks: [1, 5, 80],
    temperature: 0.07,
    device: "cpu",
  };

  it("is the same in blocks, and where it was cut and goes on", async () => {
    const whole = await classify(options);
    expect(await classify({ ...options, queriesAtOnce: 10, rowsAtOnce: 33 })).toEqual(whole);
    let kept: KnnState | undefined;
    const cut = new AbortController();
    const save = (state: KnnState) => {
      kept = structuredClone(state);
      if (state.done >= 20) cut.abort(new Error("cut"));
    };
    const first = classify({ ...options, queriesAtOnce: 10, signal: cut.signal, resume: { save } });
    await expect(first).rejects.toThrow("cut");
    expect(kept!.done).toBe(20);
    expect(
      await classify({ ...options, queriesAtOnce: 10, resume: { state: kept, save: () => {} } }),
    ).toEqual(whole);
  });
});
