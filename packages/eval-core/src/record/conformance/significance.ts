/** Significance: McNemar and paired resampling, against SciPy and NumPy. */
import {
  eachRelativeDifference,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { benjaminiHochberg, holm } from "../../stats/multiplicity.ts";
import { type McNemar, mcnemar, RightImages } from "../significance/mcnemar.ts";
import {
  type Paired,
  pairedMap11,
  pairedMeanIou,
  pairedMeanPerClass,
  pairedMedian,
  pairedPooled,
} from "../significance/paired.ts";
import {
  drawImages,
  percentileInterval,
  permutationTest,
  permute,
  resample,
} from "../significance/resample.ts";
import { resolution } from "../significance/resolution.ts";
import { tieGroups } from "../significance/tie-groups.ts";

interface GoldenMcNemar {
  readonly b: number;
  readonly c: number;
  readonly n: number;
  readonly exact: number;
  readonly mid: number;
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  readonly standardError: number;
}

const numbersOf = ({ difference, interval, standardError }: McNemar) => [
  difference,
  interval.lower,
  interval.upper,
  standardError,
];
const goldenNumbers = ({ difference, lower, upper, standardError }: GoldenMcNemar) => [
  difference,
  lower,
  upper,
  standardError,
];

export function checkMcNemar(folder: GoldenFolder): Finding[] {
  const cases = folder.json<GoldenMcNemar[]>("mcnemar.json");
  const own = cases.map(({ b, c, n }) => mcnemar(b, c, n));
  // Below 1e-12 SciPy's own digits end.
  const p = cases.flatMap((golden, i) =>
    (
      [
        [own[i]!.exact, golden.exact],
        [own[i]!.mid, golden.mid],
      ] as const
    ).filter(([, right]) => right > 1e-12),
  );
  const relative = eachRelativeDifference(
    p.map(([value]) => value),
    p.map(([, right]) => right),
  );
  return [
    finding("mcnemar.json", `${cases.length} tables: exact and mid p, each relative`, relative, 1e-9),
    finding(
      "mcnemar.json",
      "difference, interval, standard error",
      largestDifference(own.flatMap(numbersOf), cases.flatMap(goldenNumbers)),
      1e-9,
    ),
  ];
}

interface GoldenTest {
  readonly values: number[];
  readonly difference: number;
  readonly firstResamples: number[];
  readonly bootstrap: { readonly lower: number; readonly upper: number };
  readonly firstPermutations: number[];
  readonly permutation: {
    readonly permutations: number;
    readonly hits: number;
    readonly monteCarlo: number;
    readonly standardError: number;
    readonly normal: number;
    readonly p: number;
  };
}

/** One metric's resampling: its draws one by one, its quantiles, its permutations. */
function checkPaired(
  name: string,
  paired: Paired,
  golden: GoldenTest,
  seed: number,
  resamples: number,
  { allowed = 1e-9, hits = 0 } = {},
): Finding[] {
  const draws = resample(paired.draw, (indices) => [paired.difference(indices)], {
    seed,
    count: resamples,
  }).map(([difference]) => difference!);
  const interval = percentileInterval(draws);
  const permutations = permute(paired.n, (exchanged) => paired.permuted(exchanged), {
    seed,
    count: golden.permutation.permutations,
  });
  const difference = paired.values[0] - paired.values[1];
  const test = permutationTest(difference, permutations);
  return [
    finding(
      name,
      "values, difference, first resamples and permutations, interval",
      largestDifference(
        [
          ...paired.values,
          difference,
          ...draws.slice(0, 3),
          ...permutations.slice(0, 3),
          interval.lower,
          interval.upper,
          test.standardError,
        ],
        [
          ...golden.values,
          golden.difference,
          ...golden.firstResamples,
          ...golden.firstPermutations,
          golden.bootstrap.lower,
          golden.bootstrap.upper,
          golden.permutation.standardError,
        ],
      ),
      allowed,
    ),
    finding(name, "permutations as far off", Math.abs(test.hits - golden.permutation.hits), hits),
    finding(
      name,
      "p, relative",
      eachRelativeDifference([test.normal, test.p], [golden.permutation.normal, golden.permutation.p]),
      test.hits === golden.permutation.hits ? 1e-7 : 2 / (golden.permutation.hits + 1),
    ),
  ];
}

interface GoldenAccuracy {
  readonly seed: number;
  readonly resamples: number;
  readonly firstResamples: number[][];
  readonly pairs: readonly (GoldenMcNemar & {
    readonly a: number;
    readonly other: number;
    readonly bootstrap: { readonly lower: number; readonly upper: number };
    readonly holm: number;
    readonly benjaminiHochberg: number;
  })[];
  readonly order: number[];
  readonly groups: number[][];
  readonly letters: string[];
  readonly notSeparatedButApart: number[][];
  readonly resolution: number;
}

interface GoldenPairs {
  readonly accuracy: GoldenAccuracy;
  readonly meanPerClass: GoldenTest & {
    readonly seed: number;
    readonly resamples: number;
    readonly exactStandardError: number;
  };
  readonly map11: GoldenTest & { readonly seed: number; readonly resamples: number };
  readonly meanIou: GoldenTest & { readonly seed: number; readonly resamples: number };
  readonly angle: {
    readonly seed: number;
    readonly resamples: number;
    readonly statistics: Readonly<Record<string, GoldenTest>>;
  };
}

/** [row, column] of a matrix, column by column. */
const columnsOf = (data: ArrayLike<number>, rows: number, columns: number): number[][] =>
  Array.from({ length: columns }, (_, c) => Array.from({ length: rows }, (_, r) => data[r * columns + c]!));

function checkAccuracy(folder: GoldenFolder, golden: GoldenAccuracy): Finding[] {
  const right = folder.npyOf("accuracy_right.npy", "uint8");
  const [n, methods] = right.shape as [number, number];
  const columns = columnsOf(right.data, n, methods);
  const images = columns.map((column) => new RightImages(column));
  const draws = resample(
    drawImages(n),
    (indices) => columns.map((column) => (100 * indices.reduce((sum, image) => sum + column[image]!, 0)) / n),
    { seed: golden.seed, count: golden.resamples },
  );
  const pairs = golden.pairs.map(({ a, other }) => ({
    a,
    other,
    test: images[a]!.compare(images[other]!),
    bootstrap: percentileInterval(draws.map((row) => row[a]! - row[other]!)),
  }));
  const corrected = holm(pairs.map(({ test }) => test.mid));
  const screened = benjaminiHochberg(pairs.map(({ test }) => test.mid));
  const between = (a: number, b: number) =>
    pairs.findIndex((pair) => (pair.a === a && pair.other === b) || (pair.a === b && pair.other === a));
  const places = golden.order;
  const groups = tieGroups(places.length, (i, j) => corrected[between(places[i]!, places[j]!)]! < 0.05);
  const neighbours = places
    .slice(1)
    .map((method, i) => pairs[between(places[i]!, method)]!.test.standardError);
  return [
    finding(
      "accuracy",
      "McNemar, bootstrap, corrections, first resamples, resolution",
      largestDifference(
        [
          ...pairs.flatMap(({ test, bootstrap }, i) => [
            ...numbersOf(test),
            test.exact,
            test.mid,
            bootstrap.lower,
            bootstrap.upper,
            corrected[i]!,
            screened[i]!,
          ]),
          ...draws.slice(0, 3).flat(),
          resolution(neighbours)!,
        ],
        [
          ...golden.pairs.flatMap((pair) => [
            ...goldenNumbers(pair),
            pair.exact,
            pair.mid,
            pair.bootstrap.lower,
            pair.bootstrap.upper,
            pair.holm,
            pair.benjaminiHochberg,
          ]),
          ...golden.firstResamples.flat(),
          golden.resolution,
        ],
      ),
      1e-9,
    ),
    exactly(
      "accuracy",
      "tie groups",
      JSON.stringify([
        groups.runs.map(({ first, last }) => places.slice(first, last + 1)),
        groups.letters,
        groups.notSeparatedButApart.map(([i, j]) => [places[i], places[j]]),
      ]) === JSON.stringify([golden.groups, golden.letters, golden.notSeparatedButApart]),
    ),
  ];
}

export function checkPairs(root: GoldenFolder): Finding[] {
  const folder = root.folder("pairs");
  const golden = folder.json<GoldenPairs>("expected.json");
  const labels = folder.npy("class_labels.npy").data as Int16Array;
  const predictions = folder.npy("class_predictions.npy");
  const hits = columnsOf(predictions.data as Int16Array, labels.length, 2).map((column) =>
    column.map((predicted, i) => Number(predicted === labels[i])),
  ) as [number[], number[]];
  const perClass = pairedMeanPerClass(hits, labels);
  const map = folder.npyOf("map11_labels.npy", "uint8");
  const halves = (name: string) => {
    const data = Array.from(folder.npy(name).data as Int32Array, Number);
    return [data.slice(0, data.length / 2), data.slice(data.length / 2)] as const;
  };
  const pixels = Array.from(folder.npy("angle_pixels.npy").data as Int32Array);
  const within = halves("angle_within.npy");
  const angle = golden.angle.statistics;
  const share = (k: number) =>
    pairedPooled(
      [within[0].filter((_, i) => i % 3 === k), within[1].filter((_, i) => i % 3 === k)],
      pixels,
      100,
    );
  const angles: Record<string, Paired> = {
    mean: pairedPooled(halves("angle_sums.npy"), pixels),
    median: pairedMedian(halves("angle_histograms.npy"), 180, 1),
    "within-11.25": share(0),
    "within-22.5": share(1),
    "within-30": share(2),
  };
  return [
    ...checkAccuracy(folder, golden.accuracy),
    ...checkPaired(
      "mean per-class accuracy",
      perClass,
      golden.meanPerClass,
      golden.meanPerClass.seed,
      golden.meanPerClass.resamples,
    ),
    finding(
      "mean per-class accuracy",
      "standard error without drawing",
      Math.abs(perClass.standardError! - golden.meanPerClass.exactStandardError),
      1e-9,
    ),
    ...checkPaired(
      "11-point mAP",
      pairedMap11({
        scores: [folder.npyOf("map11_a.npy", "float32").data, folder.npyOf("map11_b.npy", "float32").data],
        labels: map.data,
        classes: map.shape[1]!,
      }),
      golden.map11,
      golden.map11.seed,
      golden.map11.resamples,
      { allowed: 1e-6, hits: 2 },
    ),
    ...checkPaired(
      "mean IoU",
      pairedMeanIou({
        intersections: halves("miou_intersections.npy"),
        unions: halves("miou_unions.npy"),
        classes: folder.npy("miou_unions.npy").shape[2]!,
      }),
      golden.meanIou,
      golden.meanIou.seed,
      golden.meanIou.resamples,
    ),
    ...Object.entries(angle).flatMap(([name, own]) =>
      checkPaired(`angle, ${name}`, angles[name]!, own, golden.angle.seed, golden.angle.resamples, {
        hits: 2,
      }),
    ),
  ];
}
