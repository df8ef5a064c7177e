/** What the goldens of this room cannot show: invariances, edges, and identities of the checks. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holm } from "../stats/multiplicity.ts";
import { invertInPlace } from "./forecast/inverse.ts";
import {
  checkPlausibility,
  findingKey,
  ledgerFindings,
  mcnemar,
  PlausibilityLedger,
  PUBLISHED_FACTS,
  RightImages,
  tieGroups,
} from "./index.ts";
import { decimalsOf, isAttainable } from "./plausibility/input.ts";

describe("McNemar", () => {
  it("does not change with the order of the methods, and grows with what both agree on not at all", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.nat(1000), (b, c, rest) => {
        fc.pre(b + c + rest > 0);
        const [one, other] = [mcnemar(b, c, b + c + rest), mcnemar(c, b, b + c + rest)];
        expect(other.mid).toBe(one.mid);
        expect(other.interval.lower).toBeCloseTo(-one.interval.upper, 10);
        expect(mcnemar(b, c, b + c + rest + 77).mid).toBe(one.mid);
        expect(one.mid).toBeLessThanOrEqual(one.exact);
      }),
    );
  });

  it("counts bits as a loop does", () => {
    const images = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(images, fc.infiniteStream(fc.boolean()), (n, stream) => {
        const draw = () => Array.from({ length: n }, () => stream.next().value as boolean);
        const [a, b] = [draw(), draw()];
        const loop = a.filter((right, i) => right && !b[i]).length;
        expect(new RightImages(a).onlyHere(new RightImages(b))).toBe(loop);
      }),
    );
  });

  it("refuses counts that cannot be", () => {
    expect(() => mcnemar(3, 4, 6)).toThrow("b + c <= n");
    expect(() => new RightImages([1, 0]).onlyHere(new RightImages([1]))).toThrow("same images");
  });
});

it("Holm's corrections are never below the p-values, and keep their order", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (p) => {
      const corrected = holm(p);
      for (const [i, value] of p.entries()) {
        expect(corrected[i]!).toBeGreaterThanOrEqual(value);
        for (const [j, other] of p.entries())
          if (value < other) expect(corrected[i]!).toBeLessThanOrEqual(corrected[j]!);
      }
    }),
  );
});

it("every method is in a tie group, and no group holds a separated pair", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.boolean()), (n, stream) => {
      const matrix = Array.from({ length: n }, () => Array.from({ length: n }, () => stream.next().value));
      const separated = (a: number, b: number) => matrix[Math.min(a, b)]![Math.max(a, b)] as boolean;
      const { runs, letters } = tieGroups(n, separated);
      expect(letters.every((letter) => letter !== "")).toBe(true);
      for (const { first, last } of runs)
        for (let a = first; a <= last; a++)
          for (let b = a + 1; b <= last; b++) expect(separated(a, b)).toBe(false);
    }),
  );
});

it("an inverse times its matrix is the identity", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      (n, stream) => {
        const root = Float64Array.from({ length: n * n }, () => stream.next().value as number);
        const matrix = Float64Array.from({ length: n * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          let sum = i === j ? 0.5 : 0;
          for (let k = 0; k < n; k++) sum += root[i * n + k]! * root[j * n + k]!;
          return sum;
        });
        const inverse = matrix.slice();
        invertInPlace(inverse, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += matrix[i * n + k]! * inverse[k * n + j]!;
            expect(sum).toBeCloseTo(i === j ? 1 : 0, 9);
          }
        }
      },
    ),
  );
  expect(() => invertInPlace(Float64Array.of(1, 2, 2, 1), 2)).toThrow("not positive definite");
});

describe("rounding", () => {
  it("knows the decimals of a double", () => {
    expect([1, 0.5, 12.34, 1e-7, 1.5e-7, 1e21].map(decimalsOf)).toEqual([0, 1, 2, 7, 8, 0]);
  });
  it("finds every count attainable, rounded, cut or as float32", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const value = (100 * Math.floor(share * n)) / n;
          for (const digits of [1, 2, 3]) {
            expect(isAttainable(Number(value.toFixed(digits)), n)).toBe(true);
            expect(isAttainable(Math.floor(value * 10 ** digits) / 10 ** digits, n)).toBe(true);
          }
          expect(isAttainable(value, n)).toBe(true);
          expect(isAttainable(Math.fround(value), n)).toBe(true);
        },
      ),
    );
  });
});

describe("identities that the goldens have no case of", () => {
  const empty = PlausibilityLedger.of([], [], [], PUBLISHED_FACTS.bounds);
  const codes = (values: { measure: string; value: number }[]) =>
    checkPlausibility({ method: "mine", values }, empty, PUBLISHED_FACTS).map(({ code }) => code);

  it.each([
    ["imagenet/imagenet/top1", "imagenet/imagenet/top-5"],
    ["linear-dinov3/food/accuracy", "linear-dinov3/food/top-5"],
    ["knn/food/top-1-k20", "knn/food/top-5-k20"],
  ])("%s above %s", (one, five) => {
    const at = (top1: number, top5: number) =>
      codes([
        { measure: one, value: top1 },
        { measure: five, value: top5 },
      ]);
    expect(at(92.1, 91)).toContain("TOP_ORDER");
    expect(at(75.3, 92.5)).not.toContain("TOP_ORDER");
  });

  it("a copy, but not where all methods have one value", () => {
    const measures = ["food", "cars", "dtd", "pets"].map((dataset) => `many-shot-linear/${dataset}/map11`);
    const found = (rows: number[][], mine: number[]) => {
      const ledger = PlausibilityLedger.of(["a", "b"], measures, rows, PUBLISHED_FACTS.bounds);
      const values = measures.map((measure, j) => ({ measure, value: mine[j]! }));
      return checkPlausibility({ method: "mine", values }, ledger, PUBLISHED_FACTS).map(({ code }) => code);
    };
    const other = [41.38, 72.94, 35.27, 81.16];
    expect(found([[52.1731, 61.6213, 71.1912, 50], other], [52.1731, 61.6213, 71.1912, 50])).toContain(
      "COPY",
    );
    const same = [20, 30, 40, 60];
    expect(found([same, same], same)).not.toContain("COPY");
    expect(
      found(
        [
          [52.1731, 61.6213, 71.1912, 50],
          [...other.slice(0, 3), 50],
        ],
        [52.1731, 61.6213, 71.1912, 50],
      ),
    ).toContain("COPY");
  });

  it("copies of two methods are one finding of the ledger that names both, for a decision is on both", () => {
    const measures = ["food", "cars", "dtd", "pets"].map((dataset) => `many-shot-linear/${dataset}/map11`);
    const rows = { a: 1, b: 1, c: 1, other: 1.3, another: 0.7 };
    const found = ledgerFindings({
      methods: Object.entries(rows).map(([slug, factor]) => ({
        slug,
        values: [41.3817, 52.9431, 35.2713, 61.1629].map((value, j) => ({
          measure: measures[j]!,
          value: value * factor,
        })),
      })),
      bounds: Object.fromEntries(measures.map((measure) => [measure, { lower: 0, upper: 100 }])),
      testSizes: {},
      classes: {},
    });
    const copies = found.filter(({ code }) => code === "COPY");
    expect(copies.map(({ method }) => method)).toEqual(["a", "b", "c"]);
    expect(copies[0]!.message).toMatch(/those of b to the last digit.* those of c to the last digit/);
    expect(new Set(found.map(findingKey)).size).toBe(found.length);
  });

  it("accuracy and mean per-class accuracy of classes of one size are equal", () => {
    const at = (micro: number, macro: number) =>
      codes([
        { measure: "knn/cifar10/accuracy", value: micro },
        { measure: "knn/cifar10/mean-per-class-accuracy", value: macro },
      ]);
    expect(at(91.2, 93.4)).toContain("MICRO_MACRO");
    expect(at(91.2, 91.2)).toEqual([]);
  });

  it("a calibration error that no confidence can give", () => {
    const at = (ece: number) =>
      codes([
        { measure: "probe/cifar10/ece", value: ece },
        { measure: "probe/cifar10/accuracy", value: 80 },
      ]);
    expect(at(95)).toContain("ECE_BOUND");
    expect(at(10)).toEqual([]);
  });

  it("last digits that people make up", () => {
    const values = (digit: (i: number) => number) =>
      Array.from({ length: 30 }, (_, i) => ({
        measure: `s/d${i}/accuracy`,
        value: 50 + i / 2 + digit(i) / 100,
      }));
    expect(codes(values(() => 7))).toContain("DIGITS");
    expect(codes(values((i) => 1 + (i % 9)))).not.toContain("DIGITS");
  });
});
