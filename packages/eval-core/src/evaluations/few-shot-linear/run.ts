/** The few-shot linear evaluation from features to values and record, one draw after the other. */
import type { Dataset } from "../../datasets/index.ts";
import { studentTQuantile } from "../../stats/index.ts";
import type { Result, Value } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { probeRows, warningsOf } from "../probes/rows.ts";
import { stateFile } from "../probes/state-file.ts";
import { drawRows } from "./draws.ts";
import { type DrawResult, fitDraw } from "./fit.ts";
import { FEW_SHOT_LINEAR, type FewShotLinearOptions } from "./protocol.ts";

export async function runFewShotLinear(
  { data, options, setting }: Spec<FewShotLinearOptions, Dataset>,
  context: RunContext,
): Promise<Result> {
  const { device, signal, progress } = context;
  const features = await context.features();
  const rows = probeRows(data, features);
  const { perClass, draws, seed, c } = FEW_SHOT_LINEAR;
  const drawn = drawRows(rows.train.y, { perClass, draws, seed, rule: options.draws });
  const file = stateFile<readonly DrawResult[]>(context, "draws");
  let done = file.state ?? [];
  const step = progress.step("few-shot linear");
  const input = {
    train: rows.train,
    test: rows.test,
    classes: rows.classes,
    c,
    mode: options.mode,
    device,
    signal,
  };
  for (const ids of drawn.slice(done.length)) {
    signal.throwIfAborted();
    step.update(done.length, draws);
    const { logits: _, ...result } = await fitDraw(input, ids);
    done = [...done, result];
    file.save(done);
  }
  step.update(draws, draws);
  step.end(`${draws} draws`);
  const short = new Set(rows.train.y).size * perClass - drawn[0]!.length;
  return {
    values: [
      summary(
        `${setting}/${data.name}/accuracy`,
        done.map(({ accuracy }) => accuracy),
        rows.test.y.length,
      ),
      summary(
        `${setting}/${data.name}/macro-f1`,
        done.map(({ macroF1 }) => macroF1),
        rows.test.y.length,
      ),
    ],
    record: {
      sizes: { train: rows.train.y.length, test: rows.test.y.length },
      features: features.featureSize,
      classes: rows.classes,
      rule: options.draws,
      order: "the dataset's order here: on the Hugging Face hub it is another, and so are the rows drawn",
      deviation: deviationOf(done.map(({ accuracy }) => accuracy)),
      draws: done.map((result, i) => ({ rowsDrawn: [...drawn[i]!], ...result })),
      unreadable: features.unreadable,
    },
    warnings: [
      ...warningsOf(rows, data.classes),
      ...(short > 0
        ? [`some classes have fewer than ${perClass} training images: each gives what it has`]
        : []),
      ...done.flatMap(({ status, iterations }, i) =>
        status === "converged" || options.mode === "paper-exact"
          ? []
          : [`draw ${i + 1}: not converged after ${iterations} iterations`],
      ),
    ],
  };
}

/** The mean over draws with its interval by Student's t: it tells of the choice of rows alone. */
function summary(measure: string, values: readonly number[], n: number): Value {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const half = (studentTQuantile(0.975, values.length - 1) * deviationOf(values)) / Math.sqrt(values.length);
  return {
    measure,
    value: mean,
    interval: { lower: Math.max(0, mean - half), upper: Math.min(100, mean + half) },
    n,
  };
}

/** Of a sample. */
function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
