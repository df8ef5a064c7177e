/** The evaluation of one dataset as the command runs it: opening, progress, table. */
import { openDataset } from "../datasets/index.ts";
import { backboneOf, openExtractor } from "../features/index.ts";
import type { Preprocessing } from "../images/index.ts";
import { planEvaluation, runEvaluation } from "../protocols/evaluate.ts";
import type { LinearMode } from "../protocols/linear-record.ts";
import { openCheckpoint } from "./commands/checkpoint.ts";
import { type Context, cacheFolder } from "./context.ts";
import { deviceChoice } from "./device-option.ts";
import { table } from "./table.ts";
import { duration, type Step } from "./terminal.ts";

export interface Request {
  readonly checkpoint: string;
  readonly method: string;
  readonly methodName?: string;
  readonly dataset: string;
  readonly data?: string;
  readonly mode: LinearMode;
  readonly preprocessing: Preprocessing;
  readonly normalisation?: string;
  readonly device: string;
  readonly cache?: string;
  readonly skipUnreadable?: boolean;
  readonly record: boolean;
  readonly again?: boolean;
  readonly json?: boolean;
}

export async function evaluateDataset({ terminal, signal }: Context, request: Request): Promise<void> {
  const device = deviceChoice(request.device);
  const cache = cacheFolder(request.cache);
  const checkpoint = await openCheckpoint(request.checkpoint, request.normalisation);
  const dataset = await openDataset(request.dataset, request.data);
  const manifest = await dataset.manifestHash({ signal });
  const planned = planEvaluation({
    setting: "many-shot-linear",
    dataset,
    manifest,
    checkpoint: checkpoint.sha256,
    preprocessing: request.preprocessing,
    mode: request.mode,
    seed: 0,
    skipUnreadable: request.skipUnreadable ?? false,
  });
  const extractor = await openExtractor(backboneOf(checkpoint), { device, cacheFolder: cache });
  try {
    const features = timed(terminal.step("Features"));
    const fit = lazily(() => timed(terminal.step("Linear probe")));
    const evaluation = await runEvaluation(planned, extractor, {
      signal,
      cacheFolder: cache,
      onFeatures: ({ done, total, imagesPerSecond, secondsLeft }) => {
        const rate = imagesPerSecond === undefined ? "" : `${imagesPerSecond.toFixed(1)} images/s`;
        const left = secondsLeft === undefined ? "" : `, ${duration(secondsLeft)} left`;
        features.update(done, total, `${rate}${left}`);
        if (done === total) features.end(`${total} images`);
      },
      onFit: ({ phase, done, total, point }) => {
        if (phase === "sweep")
          fit().update(done, total, point ? `weight decay ${point.weightDecay.toPrecision(2)}` : "");
        if (phase === "test") fit().end("done");
      },
    });
    for (const warning of evaluation.warnings) terminal.say(`Note: ${warning}`);
    if (request.json) {
      terminal.print(JSON.stringify({ manifest, ...evaluation }, null, 2));
      return;
    }
    terminal.print(
      table(
        [
          { header: "measure" },
          { header: "value", align: "right" },
          { header: "95% interval" },
          { header: "n", align: "right" },
        ],
        evaluation.values.map(({ measure, value, interval, n }) => [
          measure,
          value.toFixed(2),
          interval ? `${interval.lower.toFixed(2)} to ${interval.upper.toFixed(2)}` : "",
          n === null ? "" : String(n),
        ]),
      ),
    );
  } finally {
    await extractor.close();
  }
}

/** A step that begins with its first sign of life. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A step whose end says how long it took. */
function timed(step: Step): Step {
  const began = performance.now();
  return {
    update: step.update,
    end: (sentence) => step.end(`${sentence} in ${duration((performance.now() - began) / 1000)}`),
  };
}
