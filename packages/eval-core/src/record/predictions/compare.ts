/**
 * Two or many methods on the same test images, by their predictions: McNemar's test for accuracies, the paired permutation
 * test for everything else, the paired bootstrap for intervals. All of it is about these trained models on images like
 * these; it knows nothing of other seeds or trainings.
 */
import { normalCdf } from "../../stats/distributions.ts";
import { type McNemar, mcnemar, RightImages } from "../significance/mcnemar.ts";
import {
  type Paired,
  pairedAccuracy,
  pairedMap11,
  pairedMeanIou,
  pairedMeanPerClass,
  pairedMedian,
  pairedPooled,
} from "../significance/paired.ts";
import {
  PERMUTATIONS,
  type PercentileInterval,
  type PermutationTest,
  percentileInterval,
  permutationTest,
  permute,
  RESAMPLES,
  resample,
} from "../significance/resample.ts";
import { type DetectionMetric, pairedDetections } from "./detections.ts";
import {
  ANGLE_BIN,
  ANGLE_BINS,
  type Predictions,
  type RegionPredictions,
  type TestSet,
} from "./predictions.ts";
import { gives, type ImageMetric, isDetection, rightImages, WITHIN } from "./values.ts";

type Two<T> = readonly [T, T];

/** Their results on the same images. @throws RangeError where they do not give the metric */
export function pairOf(
  metric: Exclude<ImageMetric, DetectionMetric>,
  pair: Two<Predictions>,
  { labels, items }: TestSet,
): Paired {
  const wrong = pair.find((one) => !gives(one, metric));
  if (wrong) throw new RangeError(`Predictions of the kind ${wrong.kind} do not give ${metric}.`);
  const both = <K extends Predictions["kind"]>(_: K) =>
    pair as unknown as Two<Extract<Predictions, { kind: K }>>;
  switch (metric) {
    case "accuracy":
    case "top-5": {
      const [a, b] = both("classes");
      return pairedAccuracy([rightImages(a, labels!, metric), rightImages(b, labels!, metric)]);
    }
    case "mean-per-class-accuracy": {
      const [a, b] = both("classes");
      return pairedMeanPerClass([rightImages(a, labels!), rightImages(b, labels!)], labels!);
    }
    case "map11": {
      const [a, b] = both("labels");
      return pairedMap11({ scores: [a.ranks, b.ranks], labels: labels!, classes: a.classes });
    }
    case "mean-iou": {
      const [a, b] = both("regions");
      const [x, y] = [dense(a), dense(b)];
      return pairedMeanIou({
        intersections: [x.intersections, y.intersections],
        unions: [x.unions, y.unions],
        classes: a.classes,
      });
    }
    case "pixel-accuracy": {
      const [a, b] = both("regions");
      return pairedPooled([correctOf(a), correctOf(b)], a.pixels, 100);
    }
    case "mean-error": {
      const [a, b] = both("angles");
      return pairedPooled([a.sums, b.sums], a.pixels);
    }
    case "median-error": {
      const [a, b] = both("angles");
      return pairedMedian([a.histograms, b.histograms], ANGLE_BINS, ANGLE_BIN);
    }
    default: {
      const at = WITHIN.indexOf(metric);
      const [a, b] = both("angles");
      const counts = (within: ArrayLike<number>) =>
        Float64Array.from({ length: items.length }, (_, i) => within[3 * i + at]!);
      return pairedPooled([counts(a.within), counts(b.within)], a.pixels, 100);
    }
  }
}

function dense(regions: RegionPredictions): { intersections: Float64Array; unions: Float64Array } {
  const size = regions.images * regions.classes;
  const [intersections, unions] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < regions.image.length; i++) {
    const at = regions.image[i]! * regions.classes + regions.class[i]!;
    intersections[at] = regions.intersection[i]!;
    unions[at] = regions.union[i]!;
  }
  return { intersections, unions };
}

function correctOf({ images, image, intersection }: RegionPredictions): Float64Array {
  const correct = new Float64Array(images);
  for (let i = 0; i < image.length; i++) correct[image[i]!]! += intersection[i]!;
  return correct;
}

/** What decides, and how it was found. */
export interface Significance {
  readonly images: number;
  readonly values: Two<number>;
  /** First minus second, in the metric's unit. */
  readonly difference: number;
  /** Two-sided, of no difference; null for detection, where no test is defined. */
  readonly p: number | null;
  /** For accuracies. */
  readonly mcnemar: McNemar | null;
  /** For everything else. */
  readonly permutation: PermutationTest | null;
  /** Percentiles of the difference over resampled images, 95%. */
  readonly bootstrap: PercentileInterval;
  readonly resamples: number;
  readonly seed: number;
}

/** More numbers than these a permutation, and fewer permutations are drawn: a question must be answered in seconds. */
const MANY_NUMBERS = 100_000;
const FEW_PERMUTATIONS = 999;
const FEW_RESAMPLES = 500;

const numbersOf = (predictions: Predictions): number => {
  switch (predictions.kind) {
    case "labels":
      return predictions.ranks.length;
    case "regions":
      return predictions.images * predictions.classes;
    case "angles":
      return predictions.histograms.length;
    default:
      return 0;
  }
};

export interface Draws {
  readonly seed?: number | undefined;
  readonly resamples?: number | undefined;
  readonly permutations?: number | undefined;
}

export function compareOnImages(
  metric: ImageMetric,
  pair: Two<Predictions>,
  testSet: TestSet,
  draws: Draws = {},
): Significance {
  const isMany = metric !== "mean-error" && !metric.startsWith("within") && numbersOf(pair[0]) > MANY_NUMBERS;
  const {
    seed = 0,
    resamples = isMany ? FEW_RESAMPLES : RESAMPLES,
    permutations = isMany ? FEW_PERMUTATIONS : PERMUTATIONS,
  } = draws;
  if (isDetection(metric)) {
    const [a, b] = pair;
    if (a.kind !== "detections" || b.kind !== "detections")
      throw new RangeError(`These predictions do not give ${metric}.`);
    const { draw, ...paired } = pairedDetections(metric, [a, b], testSet);
    const drawn = resample(draw, (indices) => [paired.difference(indices)], { seed, count: FEW_RESAMPLES });
    return {
      images: paired.n,
      values: paired.values,
      difference: paired.values[0] - paired.values[1],
      ...{ p: null, mcnemar: null, permutation: null, seed, resamples: FEW_RESAMPLES },
      bootstrap: percentileInterval(drawn.map(([one]) => one!)),
    };
  }
  const paired = pairOf(metric, pair, testSet);
  const difference = paired.values[0] - paired.values[1];
  const drawn = resample(paired.draw, (indices) => [paired.difference(indices)], { seed, count: resamples });
  const bootstrap = percentileInterval(drawn.map(([one]) => one!));
  const shared = { images: paired.n, values: paired.values, difference, bootstrap, resamples, seed };
  if (metric === "accuracy" || metric === "top-5") {
    const [a, b] = bitsOf(metric, pair, testSet) as [RightImages, RightImages];
    const test = mcnemar(a.onlyHere(b), b.onlyHere(a), a.n);
    return { ...shared, p: test.mid, mcnemar: test, permutation: null };
  }
  const permuted = permute(paired.n, (exchanged) => paired.permuted(exchanged), {
    seed,
    count: permutations,
  });
  const test = permutationTest(difference, permuted);
  return { ...shared, p: test.p, mcnemar: null, permutation: test };
}

/** One bit an image and method: the one thing that accuracies' pairs need. */
function bitsOf(
  metric: "accuracy" | "top-5",
  methods: readonly Predictions[],
  { labels }: TestSet,
): RightImages[] {
  return methods.map((one) => {
    if (one.kind !== "classes")
      throw new RangeError(`Predictions of the kind ${one.kind} do not give ${metric}.`);
    return new RightImages(rightImages(one, labels!, metric));
  });
}

export interface PairTest {
  /** Places of the two methods in the question's order. */
  readonly a: number;
  readonly b: number;
  /** a minus b, in the metric's unit. */
  readonly difference: number;
  readonly p: number;
  /** Of the difference, if neither is better. */
  readonly standardError: number;
  /** 95%, where a formula gives it. */
  readonly interval: PercentileInterval | null;
}

/** Every pair of the methods; none for detection, where no test is defined. Accuracies are counted by bits, without any drawing. */
export function everyPair(
  metric: ImageMetric,
  methods: readonly Predictions[],
  testSet: TestSet,
  draws: Draws = {},
): PairTest[] {
  if (metric === "accuracy" || metric === "top-5") {
    const bits = bitsOf(metric, methods, testSet);
    return pairs(methods.length).map(([a, b]) => {
      const { difference, mid, standardError, interval } = mcnemar(
        bits[a]!.onlyHere(bits[b]!),
        bits[b]!.onlyHere(bits[a]!),
        bits[a]!.n,
      );
      return { a, b, difference, p: mid, standardError, interval };
    });
  }
  if (isDetection(metric)) return [];
  const { seed = 0, permutations = FEW_PERMUTATIONS } = draws;
  return pairs(methods.length).map(([a, b]) => {
    const paired = pairOf(metric, [methods[a]!, methods[b]!], testSet);
    const difference = paired.values[0] - paired.values[1];
    // Where a formula gives the standard error, the normal p is as good as drawing, and a board has many pairs.
    if (paired.standardError !== undefined) {
      const { standardError } = paired;
      const p = standardError > 0 ? 2 * normalCdf(-Math.abs(difference) / standardError) : 1;
      return { a, b, difference, p, standardError, interval: null };
    }
    const test = permutationTest(
      difference,
      permute(paired.n, (exchanged) => paired.permuted(exchanged), { seed, count: permutations }),
    );
    return { a, b, difference, p: test.p, standardError: test.standardError, interval: null };
  });
}

const pairs = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, a) =>
    Array.from({ length: count - a - 1 }, (_, i) => [a, a + 1 + i] as [number, number]),
  ).flat();
