/** Robustness from features to values and record: the probe once, then every test set by one product. */

import type { ShiftedSet } from "../../datasets/shifted.ts";
import { wilsonInterval } from "../../metrics/index.ts";
import { openLogistic } from "../../probe/logistic.ts";
import { gradientLimitOf, refitAt, type SweepState } from "../../probe/sweep.ts";
import type { Result, Value } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { C_GRID, chooseC } from "../linear-dinov3/fit.ts";
import { choiceRows } from "../linear-dinov3/split.ts";
import { joinedRows, type LabelledRows, probeRows, rowsOfItems, warningsOf } from "../probes/rows.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { type RobustnessData, testFeatures } from "./data.ts";
import { type RobustnessOptions, TEST_SETS } from "./options.ts";
import { meanCorruptionError, restrictedTop } from "./restricted.ts";

interface SetScore {
  readonly name: string;
  readonly accuracy: number;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  readonly n: number;
  readonly byCorruption?: Readonly<Record<string, readonly number[]>>;
}

export async function runRobustness(
  { data, options, setting }: Spec<RobustnessOptions, RobustnessData>,
  context: RunContext,
): Promise<Result> {
  const { device, signal, progress } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const { train, validation } = choiceRows(rows, data.title);
  const step = progress.step("probe");
  const { chosen } = await chooseC({
    ...{ train, validation, classes: rows.classes, device, signal },
    metric: "accuracy",
    mode: "converged",
    resume: stateFile<SweepState>(context, "sweep"),
    onProgress: (done, total, note) => step.update(done, total, note),
  });
  const both = joinedRows(train, validation);
  await using logistic = await openLogistic({ x: both.x, labels: both.y, device, signal });
  let iterations = 0;
  const { solution } = await refitAt(logistic, C_GRID, chosen, gradientLimitOf(both.y.length), () =>
    step.update(C_GRID.length, C_GRID.length, `refit, iteration ${++iterations}`),
  );
  step.end(`C ${chosen.toPrecision(3)}`);
  const all = data.classes.map((_, c) => c);
  const source = scoreOf(
    { name: "imagenet", layout: "by class", items: [], mapping: all },
    rows.test,
    await logistic.logits(rows.test.x, solution, rows.classes),
    rows.classes,
  );
  const scores: SetScore[] = [];
  for (const set of data.tests) {
    signal.throwIfAborted();
    const own = await rowsOfSet(set, data, context);
    scores.push(scoreOf(set, own, await logistic.logits(own.x, solution, rows.classes), rows.classes));
  }
  const unknown = scores.filter(({ name }) => !TEST_SETS.includes(name)).map(({ name }) => name);
  return {
    values: valuesOf(setting, source, scores, options),
    record: {
      sizes: { train: train.y.length, val: validation.y.length, test: rows.test.y.length },
      chosen,
      source,
      tests: scores,
      meanOfShifted: scores.reduce((sum, { accuracy }) => sum + accuracy, 0) / scores.length,
      unreadable: features.unreadable,
    },
    warnings: [
      ...warningsOf(rows, data.classes),
      ...unknown.map(
        (name) => `${name} is no test set that boards know: its accuracy is in the run's record only`,
      ),
      ...(data.tests.some(({ layout }) => layout === "corruptions") && !options.reference
        ? ["without --reference there is no mCE: the mean accuracy over corruptions stands alone"]
        : []),
    ],
  };
}

async function rowsOfSet(
  set: ShiftedSet,
  data: RobustnessData,
  context: RunContext,
): Promise<LabelledRows & { readonly kept: readonly number[] }> {
  const features = await context.features(testFeatures(set, data, context.manifest));
  const kept = set.items.flatMap((item, i) => (features.rowOf.has(item) ? [i] : []));
  if (kept.length === 0) throw new ProtocolError(`no image of the test set ${set.name} can be read`);
  return { ...rowsOfItems(features, set.items), kept };
}

function scoreOf(
  set: ShiftedSet,
  { y, kept }: LabelledRows & { readonly kept?: readonly number[] },
  logits: Float64Array,
  classes: number,
): SetScore {
  const predicted = restrictedTop(logits, classes, set.mapping);
  const right = Array.from(predicted, (label, row) => {
    const item = kept?.[row] ?? row;
    return set.answers ? set.answers[item]!.includes(set.mapping[label]!) : label === y[row];
  });
  const hits = right.filter((hit) => hit).length;
  const n = right.length;
  const whole = { name: set.name, accuracy: (100 * hits) / n, interval: wilsonInterval(hits, n), n };
  if (!set.parts) return whole;
  const parts = new Map<string, Map<number, { hits: number; n: number }>>();
  right.forEach((hit, row) => {
    const { corruption, level } = set.parts![kept?.[row] ?? row]!;
    const levels = parts.get(corruption) ?? new Map<number, { hits: number; n: number }>();
    const cell = levels.get(level) ?? { hits: 0, n: 0 };
    levels.set(level, { hits: cell.hits + (hit ? 1 : 0), n: cell.n + 1 });
    parts.set(corruption, levels);
  });
  const byCorruption = Object.fromEntries(
    [...parts].map(([name, levels]) => [
      name,
      [...levels].sort(([a], [b]) => a - b).map(([, cell]) => (100 * cell.hits) / cell.n),
    ]),
  );
  return { ...whole, byCorruption };
}

function valuesOf(
  setting: string,
  source: SetScore,
  scores: readonly SetScore[],
  { reference }: RobustnessOptions,
): Value[] {
  const value = (
    name: string,
    metric: string,
    value: number,
    interval: Value["interval"],
    n: number,
  ): Value => ({
    measure: `${setting}/${name}/${metric}`,
    value,
    interval,
    n,
  });
  return [
    value("imagenet", "accuracy", source.accuracy, source.interval, source.n),
    ...scores
      .filter(({ name }) => TEST_SETS.includes(name))
      .flatMap(({ name, accuracy, interval, n, byCorruption }) => [
        value(name, "accuracy", accuracy, interval, n),
        value(name, "drop", source.accuracy - accuracy, null, n),
        ...(byCorruption && reference
          ? [
              value(
                name,
                "mce",
                meanCorruptionError({ top1: byCorruption, reference: reference.errors }).mce,
                null,
                n,
              ),
            ]
          : []),
      ]),
  ];
}
