/** The room's own kind of golden folder: significance, plausibility, forecasts, explanations, claims. */
import {
  type ConformanceKind,
  exactly,
  type Finding,
  finding,
  findingsOf,
  type GoldenFolder,
  largestDifference,
} from "../conformance/index.ts";
import { type Assertion, claimState } from "./claims/state.ts";
import { forecastChecks } from "./conformance/forecast.ts";
import { checkMany, checkRanks } from "./conformance/many.ts";
import { paperTable, SHIPPED } from "./conformance/paper-table.ts";
import { checkSubmissions } from "./conformance/plausibility.ts";
import { checkMcNemar, checkPairs } from "./conformance/significance.ts";
import { type Experiment, type Explanation, explain } from "./explain.ts";

type GoldenExplanation = Omit<Explanation, "interactionMatters"> & {
  readonly interactionMatters: boolean | null;
};

function checkExplanations(folder: GoldenFolder): Finding[] {
  const cases = folder.json<{ case: Experiment; expected: GoldenExplanation }[]>("explain.json");
  return cases.map(({ case: experiment, expected }, i) => {
    const own = explain(experiment);
    const numbers = ({ gap, sum, together, interaction, unexplained, effects }: GoldenExplanation) => [
      ...[gap, sum, together ?? 0, interaction ?? 0, unexplained],
      ...effects.flatMap(({ effect, lower, upper }) => [effect, lower, upper]),
    ];
    const words = ({ verdict, interactionMatters, effects }: GoldenExplanation) =>
      JSON.stringify([verdict, interactionMatters, effects.map(({ field, seen }) => [field, seen])]);
    const name = `explain.json ${i + 1}`;
    if (words(own) !== words(expected)) return exactly(name, "verdict", false, words(own));
    return finding(
      name,
      `${own.verdict}: its numbers`,
      largestDifference(numbers(own), numbers(expected)),
      1e-9,
    );
  });
}

interface GoldenClaim {
  readonly op: "gt" | "ge" | "lt" | "le" | "between";
  readonly bound: readonly [number, number];
  readonly sequence: readonly {
    readonly answer: { value: number; lower: number | null; upper: number | null } | null;
    readonly state: string;
    readonly event: string | null;
  }[];
}

const OPS = { gt: ">", ge: ">=", lt: "<", le: "<=" } as const;

function checkClaims(folder: GoldenFolder): Finding[] {
  return folder.json<GoldenClaim[]>("claims.json").map(({ op, bound, sequence }, i) => {
    const assertion: Assertion =
      op === "between" ? { op, lower: bound[0], upper: bound[1] } : { op: OPS[op], bound: bound[0] };
    let before: string | null = null;
    const own = sequence.map(({ answer }) => {
      const interval =
        answer === null || answer.lower === null ? null : { lower: answer.lower, upper: answer.upper! };
      const state = claimState(assertion, answer === null ? null : { value: answer.value, interval });
      const event = state === before ? null : state;
      before = state;
      return [state, event];
    });
    const right = sequence.map(({ state, event }) => [state, event]);
    return exactly(
      `claims.json ${i + 1}`,
      "states and events",
      JSON.stringify(own) === JSON.stringify(right),
    );
  });
}

export const recordConformance: ConformanceKind = {
  kind: "record",
  title: "significance, impossible numbers, forecasts, explanations and claims, against SciPy and NumPy",
  usesDevice: false,
  goldens: SHIPPED,
  async *check(folder, { signal }) {
    const table = paperTable(folder);
    const parts: readonly (readonly [string, () => Finding[]])[] = [
      ["mcnemar.json", () => checkMcNemar(folder)],
      ["pairs", () => checkPairs(folder)],
      ["many.json", () => checkMany(folder)],
      ["ranks.json", () => checkRanks(folder)],
      ["submissions", () => checkSubmissions(folder, table)],
      ...forecastChecks(folder, table),
      ["explain.json", () => checkExplanations(folder)],
      ["claims.json", () => checkClaims(folder)],
    ];
    for (const [name, check] of parts) yield* findingsOf(name, "statistics", signal, check);
  },
};
