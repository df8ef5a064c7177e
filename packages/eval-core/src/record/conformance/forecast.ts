/** Forecasts, their errors and what teaches most, against the same model by NumPy. */
import {
  eachRelativeDifference,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { studentTQuantile } from "../../stats/distributions.ts";
import { NumpyRandomState } from "../../tensor/mt19937.ts";
import { backInUnit, forecastTable } from "../forecast/forecast.ts";
import { columnMean, lineOn } from "../forecast/guesses.ts";
import { expectation } from "../forecast/model.ts";
import {
  errorsOf,
  type ForecastErrors,
  kappaOf,
  type LeftOut,
  leaveOut,
  leaveOutBy,
} from "../forecast/quality.ts";
import { type Matrix, matrixOf, standardise, toForecastScale } from "../forecast/scale.ts";
import { teaching } from "../forecast/teaching.ts";
import { PUBLISHED_FACTS } from "../plausibility/facts.ts";
import type { PaperTable } from "./paper-table.ts";

interface GoldenMatrix {
  readonly values: (number | null)[][];
  readonly columns: number[];
  readonly rank: number;
  readonly iterations: Readonly<Record<string, { F: number[][]; tau: number[]; alpha: number[] }>>;
  readonly predicted: (number | null)[][];
  readonly predictedDeviation: (number | null)[][];
}

const NUMBER_OR_NONE = (value: number | null) => value ?? Number.NaN;

function checkMatrix(folder: GoldenFolder, name: string): Finding[] {
  const golden = folder.json<GoldenMatrix>(name);
  const findings: Finding[] = [];
  const { standard, model, means, deviations } = forecastTable(matrixOf(golden.values), {
    onIteration(iteration, now) {
      const right = golden.iterations[String(iteration)];
      if (!right) return;
      const own: number[] = [];
      for (let i = 0; i < now.rows; i++)
        for (let j = 0; j < now.columns; j++) own.push(expectation(now, i, j));
      const difference = largestDifference([...own, ...now.tau], [...right.F.flat(), ...right.tau]);
      findings.push(finding(name, `expectations and noise after iteration ${iteration}`, difference, 1e-8));
      const alpha = eachRelativeDifference(now.alpha, right.alpha);
      findings.push(finding(name, `relevances after iteration ${iteration}, each relative`, alpha, 1e-8));
    },
  });
  findings.unshift(
    exactly(
      name,
      "columns that are forecast, and factors",
      JSON.stringify([standard.kept, model.factors]) === JSON.stringify([golden.columns, golden.rank]),
    ),
  );
  findings.push(
    finding(
      name,
      "forecasts and their deviations",
      largestDifference(
        [...means, ...deviations],
        [...golden.predicted.flat(), ...golden.predictedDeviation.flat()].map(NUMBER_OR_NONE),
      ),
      1e-8,
    ),
  );
  return findings;
}

const scaled = ({ measures, values }: PaperTable): Matrix => {
  const bounds = measures.map(PUBLISHED_FACTS.bounds);
  return matrixOf(values.map((row) => row.map((value, j) => toForecastScale(value, bounds[j]!))));
};
const without = (table: Matrix, cells: Iterable<number>): Matrix => {
  const data = table.data.slice();
  for (const cell of cells) data[cell] = Number.NaN;
  return { ...table, data };
};

interface GoldenHidden {
  readonly hidden: [number, number][];
  readonly forecast: readonly { predicted: number; lower: number; upper: number }[];
}

function checkHidden(folder: GoldenFolder, table: PaperTable): Finding {
  const { hidden, forecast } = folder.json<GoldenHidden>("paper_hidden.json");
  const whole = scaled(table);
  const { means, deviations, degrees } = forecastTable(
    without(
      whole,
      hidden.map(([i, j]) => i * whole.columns + j),
    ),
  );
  const own = hidden.flatMap(([i, j]) => {
    const cell = i * whole.columns + j;
    const bounds = PUBLISHED_FACTS.bounds(table.measures[j]!);
    const { value, lower, upper } = backInUnit(means[cell]!, deviations[cell]!, degrees[j]!, bounds);
    return [value, lower, upper];
  });
  const right = forecast.flatMap(({ predicted, lower, upper }) => [predicted, lower, upper]);
  return finding(
    "paper_hidden.json",
    `${hidden.length} hidden values and their intervals, each relative`,
    eachRelativeDifference(own, right),
    1e-6,
  );
}

interface GoldenLeftOut {
  readonly cells: [number, number][];
  readonly predicted: number[];
  readonly lower: number[];
  readonly upper: number[];
  readonly kappa: number;
}

interface GoldenErrors {
  readonly errors: Readonly<Record<string, { readonly leaveOneCellOut: ForecastErrors }>>;
}

const numbersOf = (errors: ForecastErrors) => [
  errors.cells,
  errors.medianPoints,
  errors.meanPoints,
  errors.medianDeviations,
  errors.rmsDeviations,
  errors.coverage,
];

function checkLeftOut(folder: GoldenFolder, table: PaperTable): Finding[] {
  const golden = folder.json<GoldenLeftOut>("paper_leave_one_out.json");
  const whole = scaled(table);
  const bounds = table.measures.map(PUBLISHED_FACTS.bounds);
  const all = [...leaveOut(whole, bounds)];
  const at = new Map(all.map((cell) => [`${cell.row}/${cell.column}`, cell]));
  const cells = golden.cells.map(([i, j]) => at.get(`${i}/${j}`)!);
  const relative = eachRelativeDifference(
    cells.flatMap(({ value, lower, upper }) => [value, lower, upper]),
    golden.cells.flatMap((_, i) => [golden.predicted[i]!, golden.lower[i]!, golden.upper[i]!]),
  );
  const { errors } = folder.json<GoldenErrors>("errors.json");
  const { deviations } = standardise(whole);
  const values = matrixOf(table.values);
  const compare = (name: string, own: readonly LeftOut[]) => {
    const right = errors[name];
    if (!right) return [];
    const difference = largestDifference(
      numbersOf(errorsOf(own, values, bounds, deviations)),
      numbersOf(right.leaveOneCellOut),
    );
    return [finding("errors.json", `errors of ${name}, one cell out`, difference, 1e-4)];
  };
  return [
    finding("paper_leave_one_out.json", `${cells.length} cells and intervals, each relative`, relative, 1e-6),
    finding("paper_leave_one_out.json", "kappa", Math.abs(kappaOf(cells, bounds) - golden.kappa), 1e-6),
    ...compare("lowRank", cells),
    ...compare("columnMean", [...leaveOutBy(columnMean, whole, bounds)]),
    ...compare("imagenetOnly", [...leaveOutBy(lineOn(0), whole, bounds)]),
  ];
}

interface GoldenTeaching {
  readonly onlyImageNetKnown: readonly {
    readonly method: string;
    readonly variance: number;
    readonly best: readonly { readonly measure: string; readonly reduction: number }[];
  }[];
}

function checkTeaching(folder: GoldenFolder, table: PaperTable): Finding[] {
  const { onlyImageNetKnown } = folder.json<GoldenTeaching>("teaching.json");
  const whole = scaled(table);
  let difference = 0;
  let ordered = true;
  for (const { method, variance, best } of onlyImageNetKnown) {
    const row = table.methods.indexOf(method);
    const unknown = Array.from({ length: whole.columns - 1 }, (_, j) => row * whole.columns + j + 1);
    const { model, standard } = forecastTable(without(whole, unknown));
    const own = teaching(model, row, (column) => column === 0);
    const first = own.lessons.slice(0, best.length);
    difference = Math.max(
      difference,
      Math.abs(own.variance - variance),
      largestDifference(
        first.map(({ reduction }) => reduction),
        best.map(({ reduction }) => reduction),
      ),
    );
    ordered &&= first.every(({ column }, i) => table.measures[standard.kept[column]!] === best[i]!.measure);
  }
  return [
    finding("teaching.json", "variance, and what the five best evaluations take from it", difference, 1e-6),
    exactly("teaching.json", "the five best evaluations in order", ordered),
  ];
}

interface GoldenLarge {
  readonly cells: [number, number][];
  readonly predicted: number[];
  readonly predictedDeviation: number[];
  readonly hiddenRms: number;
  readonly hiddenCoverage: number;
}

/** 2,000 methods by 500 measures, six tenths hidden, by the recipe that the golden states. */
export function largeTable(): {
  readonly values: Float64Array;
  readonly hidden: Uint8Array;
  readonly known: Matrix;
} {
  const [rows, columns, rank] = [2000, 500, 8];
  const random = new NumpyRandomState(11);
  const draw = (count: number) => Float64Array.from({ length: count }, () => 2 * random.uniform() - 1);
  const x = draw(rows * rank);
  const y = draw(columns * rank);
  const values = draw(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let l = 0; l < rank; l++) sum += x[i * rank + l]! * y[j * rank + l]! * 0.8 ** l;
      values[i * columns + j] = sum + 0.3 * values[i * columns + j]!;
    }
  }
  const hidden = Uint8Array.from(values, () => (random.uniform() < 0.6 ? 1 : 0));
  const data = values.map((value, cell) => (hidden[cell] ? Number.NaN : value));
  return { values, hidden, known: { rows, columns, data } };
}

function checkLarge(folder: GoldenFolder): Finding[] {
  const golden = folder.json<GoldenLarge>("large.json");
  const { values, hidden, known } = largeTable();
  const { means, deviations, degrees } = forecastTable(known);
  const at = golden.cells.map(([i, j]) => i * known.columns + j);
  const half = [...degrees].map((own) => studentTQuantile(0.975, own));
  let squares = 0;
  let covered = 0;
  let count = 0;
  for (let cell = 0; cell < values.length; cell++) {
    if (!hidden[cell]) continue;
    const error = means[cell]! - values[cell]!;
    squares += error * error;
    if (Math.abs(error) <= half[cell % known.columns]! * deviations[cell]!) covered++;
    count++;
  }
  return [
    finding(
      "large.json",
      "forecasts and deviations of thirty cells",
      largestDifference(
        at.flatMap((cell) => [means[cell]!, deviations[cell]!]),
        golden.cells.flatMap((_, i) => [golden.predicted[i]!, golden.predictedDeviation[i]!]),
      ),
      1e-6,
    ),
    finding(
      "large.json",
      "error and coverage of what was hidden",
      largestDifference(
        [Math.sqrt(squares / count), (100 * covered) / count],
        [golden.hiddenRms, golden.hiddenCoverage],
      ),
      1e-6,
    ),
  ];
}

/** What of a folder's forecast goldens is there. */
export function forecastChecks(
  root: GoldenFolder,
  table: PaperTable,
): readonly (readonly [string, () => Finding[]])[] {
  const folder = root.folder("forecast");
  const all: readonly (readonly [string, () => Finding[]])[] = [
    ["small.json", () => checkMatrix(folder, "small.json")],
    ["medium.json", () => checkMatrix(folder, "medium.json")],
    ["paper_hidden.json", () => [checkHidden(folder, table)]],
    ["paper_leave_one_out.json", () => checkLeftOut(folder, table)],
    ["teaching.json", () => checkTeaching(folder, table)],
    ["large.json", () => checkLarge(folder)],
  ];
  return all.filter(([name]) => folder.has(name));
}
