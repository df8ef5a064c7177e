/** Generated records of each format: rows as its reader gives them, with everything that the format can carry. */
import fc from "fast-check";
import { measureOf, mtebProtocol, mtebTask, mtebTasks } from "../mteb/tasks.ts";
import type { OutRow } from "../shared/format.ts";
import { accuracyOn, isMeasure, metricOf } from "../shared/measures.ts";
import { hubModel } from "../shared/names.ts";
import { toFraction, toPercent } from "../shared/numbers.ts";
import { clip, probing, timm, torchgeo } from "./csv-records.ts";
import {
  address,
  blank,
  distinct,
  fingerprint,
  fraction,
  moment,
  n,
  percent,
  repo,
  revision,
  seeds,
  several,
  word,
} from "./parts.ts";

const DATASETS = ["pets", "dtd", "imagenet", "cifar10", "voc2007", "flowers"];
const percentMeasure = fc
  .constantFrom(...DATASETS)
  .map((dataset) => `many-shot-linear/${dataset}/${accuracyOn(dataset)}`)
  .filter(isMeasure);
const anyMeasure = fc.oneof(
  percentMeasure,
  fc.constantFrom(
    "segmentation/ade20k/mean-iou",
    "surface-normals/nyuv2/mean-error",
    "detection-frozen/voc2007/ap50",
  ),
);

function valueIn(measure: string): fc.Arbitrary<number> {
  const { unit } = metricOf(measure);
  return unit === "%"
    ? percent
    : unit === "fraction"
      ? fraction
      : fc.double({ min: 0, max: 180, noNaN: true });
}

const around = (value: number, measure: string): fc.Arbitrary<readonly [number, number] | null> => {
  const { lower, upper } = metricOf(measure);
  return fc.option(
    fc
      .tuple(
        fc.double({ min: lower ?? 0, max: value, noNaN: true }),
        fc.double({ min: value, max: upper ?? 180, noNaN: true }),
      )
      .map(([low, high]) => [low, high] as const),
  );
};

/** Values of the Hub's formats: our unit, with what their notes and args carry. */
const ours = (model: string, rev: string | null, source: string): fc.Arbitrary<OutRow> =>
  anyMeasure.chain((measure) =>
    valueIn(measure).chain((value) =>
      fc.record({ interval: around(value, measure), n, seeds, fingerprint }).map((facts) => ({
        ...blank,
        ...hubModel(model, rev),
        ...facts,
        measure,
        unit: metricOf(measure).unit,
        value,
        source,
      })),
    ),
  );

const hub = fc.tuple(repo, revision, address);

const mtebRows = fc
  .tuple(
    hub,
    several(
      fc.record({
        task: fc.constantFrom(...mtebTasks()),
        value: fraction,
        subset: fc.constantFrom("default", "en", "de"),
        at: moment,
        cost: fc.option(fraction),
        other: fraction,
        draws: fc.array(fraction, { maxLength: 5 }),
      }),
    ),
  )
  .map(([[model, rev, source], lines]) =>
    distinct(
      [...new Map(lines.map((line) => [line.task, line])).values()].map(
        ({ task, value, subset, at, cost, other, draws }): OutRow => {
          const known = mtebTask(task, 1)!;
          const split =
            task.startsWith("Food101") || /^Imagenet/.test(task)
              ? "validation"
              : task.startsWith("TinyImageNet")
                ? "valid"
                : "test";
          const named = hubModel(model, rev, 768);
          return {
            ...blank,
            ...named,
            measure: measureOf(known),
            value: toPercent(value),
            evaluatedAt: at,
            source,
            protocol: mtebProtocol(task, known, {
              major: 1,
              draws: known.shots === undefined ? undefined : draws.length,
              dataset: { revision: "abc", split, subset },
            }),
            extra: {
              raw: String(value),
              mainScore: known.scores[0],
              mtebVersion: "1.14.15",
              ...(draws.length > 0 || known.shots !== undefined ? { draws: draws.map(toPercent) } : {}),
              scores: { other, ap: "NaN" },
              languages: ["eng-Latn"],
              ...(cost !== null && { kgCo2: cost }),
              evaluationTime: 1.5,
            },
          };
        },
      ),
    ),
  );

const harness = fc
  .tuple(
    hub,
    moment,
    seeds,
    several(
      fc.record({
        dataset: fc.constantFrom(
          "pets",
          "imagenet",
          "dtd",
          "cars",
          "cifar10",
          "food",
          "flowers",
          "stl10",
          "gtsrb",
          "mnist",
        ),
        filter: word,
        value: fraction,
        error: fc.option(fraction),
        count: fc.integer({ min: 1, max: 9999 }),
        width: fc.option(fraction),
      }),
    ),
  )
  .map(([[model, rev], at, four, lines]) =>
    [...new Map(lines.map((line) => [line.dataset, line])).values()].map(
      ({ dataset, filter, value, error, count, width }): OutRow => ({
        ...blank,
        ...hubModel(model, rev),
        measure: `zero-shot/${dataset}/${accuracyOn(dataset)}`,
        value: toPercent(value),
        interval:
          width === null
            ? null
            : [
                toPercent(toFraction(toPercent(value * (1 - width)))),
                toPercent(toFraction(toPercent(value))),
              ],
        n: count,
        seeds: four,
        evaluatedAt: at,
        source: "lm-evaluation-harness abcdef0",
        protocol: {
          by: "lm-evaluation-harness",
          evaluation: "zero-shot",
          task: `zero-shot/${dataset}`,
          filter,
          nShot: 0,
          version: 1,
          split: "test",
        },
        extra: {
          raw: String(value),
          ...(error !== null && error > 0 && { standardError: toPercent(error) }),
          original: count,
        },
      }),
    ),
  )
  .map((rows) => rows.map((row) => ({ ...row, interval: row.interval && steady(row.interval) })));

/** Ends that come back from a fraction as they went. */
const steady = ([low, high]: readonly [number, number]): [number, number] => {
  const back = (value: number) => toPercent(toFraction(value));
  return [back(back(low)), back(back(high))];
};

const runs = several(
  fc.record({
    name: word,
    model: repo,
    rev: revision,
    seed: fc.option(fc.integer({ min: 0, max: 99 })),
    at: moment,
    source: address,
    config: fc.dictionary(
      word.filter((key) => !["model", "seed", "revision", "protocol", "checkpoint"].includes(key)),
      fc.integer(),
      { maxKeys: 3 },
    ),
    measure: anyMeasure,
    part: fraction,
  }),
).map((lines) =>
  distinct(
    lines.map(({ name, model, rev, seed, at, source, config, measure, part }): OutRow => {
      const { unit } = metricOf(measure);
      return {
        ...blank,
        ...hubModel(model, rev),
        measure,
        unit,
        value: unit === "%" ? 1.5 + part * 98 : part,
        seeds: seed === null ? [] : [seed],
        evaluatedAt: at,
        source,
        protocol: { run: name },
        extra: { run: name, config },
      };
    }),
  ),
);

const everyEval = fc
  .tuple(hub, several(fc.tuple(moment, fc.boolean(), fraction)))
  .chain(([[model, rev, source], facts]) =>
    fc.tuple(...facts.map(() => ours(model, null, source))).map((rows) =>
      distinct(
        rows.map((row, i): OutRow => {
          const [at, isFraction, part] = facts[i]!;
          const shared = { ...row, checkpoint: { ...row.checkpoint, revision: rev }, evaluatedAt: at };
          const sourceData = { dataset_name: "d", source_type: "other" };
          const extra = { sourceData, evaluationResultId: row.measure };
          return isFraction && row.unit === "%"
            ? { ...shared, value: toPercent(part), interval: null, extra: { ...extra, raw: String(part) } }
            : { ...shared, extra };
        }),
      ),
    ),
  );

const hubRows = hub.chain(([model, rev, source]) => several(ours(model, rev, source)).map(distinct));
const cards = hub.chain(([model, , source]) => several(ours(model, null, source)).map(distinct));

/** Every format's rows, by its name. */
export const RECORDS: Readonly<Record<string, fc.Arbitrary<readonly OutRow[]>>> = {
  "hf-eval-results": hubRows,
  "hf-model-index": cards,
  mteb: mtebRows,
  "every-eval-ever": everyEval,
  "lm-eval": harness,
  "timm-csv": timm,
  "torchgeo-csv": torchgeo,
  "clip-benchmark-csv": clip,
  "efficient-probing-csv": probing,
  wandb: runs,
};
