/** Significance of many at once: corrections, tie groups, rank intervals, against SciPy and NumPy. */
import {
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { comparable } from "../../stats/aggregate.ts";
import { benjaminiHochberg, holm } from "../../stats/multiplicity.ts";
import { rankDescending } from "../../stats/ranks.ts";
import { type RankNoise, rankIntervals } from "../significance/rank-intervals.ts";
import { tieGroups } from "../significance/tie-groups.ts";

interface GoldenMany {
  readonly corrections: readonly { p: number[]; holm: number[]; benjaminiHochberg: number[] }[];
  readonly groups: readonly {
    readonly separated: number[][];
    readonly groups: number[][];
    readonly letters: string[];
    readonly notSeparatedButApart: number[][];
  }[];
}

export function checkMany(folder: GoldenFolder): Finding[] {
  const { corrections, groups } = folder.json<GoldenMany>("many.json");
  const range = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return [
    finding(
      "many.json",
      "Holm's and Benjamini and Hochberg's corrections",
      largestDifference(
        corrections.flatMap(({ p }) => [...holm(p), ...benjaminiHochberg(p)]),
        corrections.flatMap((own) => [...own.holm, ...own.benjaminiHochberg]),
      ),
      1e-12,
    ),
    ...groups.map(({ separated, ...right }, i) => {
      const own = tieGroups(separated.length, (a, b) => separated[a]![b] === 1);
      const answer = {
        groups: own.runs.map(({ first, last }) => range(first, last)),
        letters: own.letters,
        notSeparatedButApart: own.notSeparatedButApart,
      };
      return exactly("many.json", `tie groups ${i + 1}`, JSON.stringify(answer) === JSON.stringify(right));
    }),
  ];
}

interface GoldenRanks {
  readonly values: number[][];
  readonly standardErrors: number[][];
  readonly seed: number;
  readonly resamples: number;
  readonly ranks: number[];
  readonly intervals: readonly {
    readonly over: RankNoise;
    readonly firstResamples: number[][];
    readonly lower: number[];
    readonly upper: number[];
    readonly best: number[];
  }[];
}

export function checkRanks(folder: GoldenFolder): Finding[] {
  const { values, standardErrors, seed, resamples, ranks, intervals } =
    folder.json<GoldenRanks>("ranks.json");
  const means = values.map((row) => comparable(row.reduce((sum, value) => sum + value, 0) / row.length));
  return [
    exactly("ranks.json", "ranks", rankDescending(means).join() === ranks.join()),
    ...intervals.flatMap(({ over, firstResamples, lower, upper, best }) => {
      const own = rankIntervals({ values, standardErrors }, over, { seed, count: resamples });
      const answer = JSON.stringify([own.first, own.lower, own.upper]);
      return [
        exactly(
          "ranks.json",
          `intervals over ${over}`,
          answer === JSON.stringify([firstResamples, lower, upper]),
        ),
        finding("ranks.json", `share of first ranks over ${over}`, largestDifference(own.best, best), 1e-3),
      ];
    }),
  ];
}
