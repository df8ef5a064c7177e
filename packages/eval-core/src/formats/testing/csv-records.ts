/** Generated records of the formats that are tables. */
import fc from "fast-check";
import type { OutRow } from "../shared/format.ts";
import { accuracyOn } from "../shared/measures.ts";
import { checkpointNamed, slug, slugOfParts } from "../shared/names.ts";
import { toPercent } from "../shared/numbers.ts";
import { blank, distinct, fraction, n, notes, percent, several, word } from "./parts.ts";

export const timm = several(
  fc.record({
    architecture: fc.stringMatching(/^[a-z]{3,8}_[a-z0-9]{2,5}$/),
    tag: word,
    size: fc.constantFrom(224, 288, 384),
    crop: fc.integer({ min: 500, max: 1000 }),
    params: fc.integer({ min: 1, max: 200_000 }),
    top1: fc.integer({ min: 1001, max: 99_999 }),
    gap: fc.integer({ min: 0, max: 20_000 }),
    interpolation: fc.constantFrom("bicubic", "bilinear"),
    dataset: fc.constantFrom(
      "imagenet",
      "imagenet-real",
      "imagenetv2",
      "imagenet-sketch",
      "imagenet-a",
      "imagenet-r",
    ),
  }),
).map((lines) =>
  distinct(
    [
      ...new Map(
        lines.map((line) => [`${line.architecture}.${line.tag} ${line.size} ${line.dataset}`, line]),
      ).values(),
    ].flatMap(({ architecture, tag, size, crop, params, top1, gap, interpolation, dataset }) => {
      const name = `${architecture}.${tag}`;
      const row = (column: "top1" | "top5", thousandths: number): OutRow => ({
        ...blank,
        method: slug(name),
        checkpoint: checkpointNamed(name, { architecture }),
        aliases: [`timm:${name}`, `hf:timm/${name}`],
        measure: `robustness/${dataset}/${column}`,
        value: thousandths / 1000,
        source: `timm ${timmFile(dataset)}`,
        protocol: {
          by: "timm",
          evaluation: "own-classifier",
          imageSize: size,
          cropPct: crop / 1000,
          interpolation,
        },
        extra: {
          paramCount: (params / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d)\.)/g, ","),
          raw: (thousandths / 1000).toFixed(3),
          error: (100 - thousandths / 1000).toFixed(3),
        },
      });
      return [row("top1", top1), row("top5", Math.min(100_000, top1 + gap))];
    }),
  ),
);

const timmFile = (dataset: string) =>
  dataset === "imagenetv2"
    ? "results-imagenetv2-matched-frequency.csv"
    : `results-${dataset === "imagenet-sketch" ? "sketch" : dataset}.csv`;

export const torchgeo = several(
  fc.record({
    name: fc.stringMatching(/^[a-z]{3,8}_[a-z0-9]{1,6}$/),
    dataset: fc.constantFrom("m-eurosat", "burn-scars", "benv2", "eurosat-torchgeo", "kuro-siwo"),
    method: fc.constantFrom("knn5", "linear"),
    value: fraction,
    width: fc.option(fraction),
    ece: fc.option(fraction),
    size: fc.option(fc.constantFrom(64, 224)),
    bands: fc.constantFrom("rgb", "all"),
    dimension: fc.option(fc.integer({ min: 1, max: 4096 })),
    n,
    seed: fc.integer({ min: 0, max: 9 }),
    bestC: fc.option(fc.double({ min: 1e-6, max: 1e5, noNaN: true })),
  }),
).map((lines) =>
  [...new Map(lines.map((line) => [line.name, line])).values()].flatMap((line) => {
    const { name, dataset, method, value, width, ece, size, bands, dimension, seed, bestC } = line;
    const isLinear = method === "linear";
    const interval =
      width === null || width === 0 ? null : ([value * (1 - width), value + (1 - value) * width] as const);
    const row = (measure: string, fractionValue: number, extra: object): OutRow => ({
      ...blank,
      method: slugOfParts("torchgeo-bench", name),
      checkpoint: checkpointNamed(name, { featureDimension: dimension }),
      aliases: [`torchgeo-bench:${name}`],
      measure,
      value: toPercent(fractionValue),
      n: line.n,
      seeds: [seed],
      source: "torchgeo-bench",
      protocol: {
        by: "torchgeo-bench",
        evaluation: method,
        imageSize: size,
        bands,
        normalization: "minmax",
        ...(isLinear && { cRange: [-6, 4, 40], mergeVal: true }),
      },
      extra: { raw: String(fractionValue), modelClass: "a.Model", ...extra },
    });
    const setting = isLinear ? "many-shot-linear" : "knn";
    const main: OutRow = {
      ...row(`${setting}/${dataset}/accuracy`, value, {
        ...(interval && { bootstrap: 200 }),
        ...(bestC !== null && isLinear && { bestC }),
      }),
      interval: interval && [toPercent(interval[0]), toPercent(interval[1])],
    };
    const side = isLinear ? "calibration-linear" : "calibration-knn";
    return ece === null ? [main] : [main, row(`${side}/${dataset}/ece`, ece, {})];
  }),
);

export const clip = several(
  fc.record({
    model: fc.constantFrom("ViT-B-16", "ViT-L-14", "RN50"),
    pretrained: fc.stringMatching(/^[a-z]{3}\d{1,3}m_e\d{1,2}$/),
    dataset: fc.constantFrom("vtab/pets", "pets", "imagenet1k", "voc2007", "fgvc_aircraft"),
    first: fraction,
    gap: fraction,
    language: fc.option(fc.constantFrom("en", "jp")),
    probe: fc.boolean(),
    seed: fc.integer({ min: 0, max: 9 }),
  }),
).map((lines) =>
  distinct(
    lines.flatMap(({ model, pretrained, dataset, first, gap, language, probe, seed }) => {
      const ourName: Readonly<Record<string, string>> = {
        "vtab/pets": "pets",
        imagenet1k: "imagenet",
        voc2007: "voc2007-cropped",
        fgvc_aircraft: "aircraft",
      };
      const data = ourName[dataset] ?? dataset;
      const row = (metric: string, value: number): OutRow => ({
        ...blank,
        method: slugOfParts("open-clip", model, pretrained),
        checkpoint: checkpointNamed(`${model}/${pretrained}`, { architecture: model }),
        aliases: [`open-clip:${model}/${pretrained}`],
        measure: `${probe ? "linear-probe" : "zero-shot"}/${data}/${metric}`,
        value: toPercent(value),
        seeds: probe ? [seed] : [],
        source: "CLIP_benchmark",
        protocol: {
          by: "clip-benchmark",
          dataset,
          evaluation: probe ? "linear-probe" : "zero-shot",
          ...(language !== null && { language }),
          ...(probe && { epochs: 10, fewshotK: -1, normalized: true, weightDecay: 0.1 }),
        },
        extra: { raw: String(value) },
      });
      return [
        row(accuracyOn(data), first),
        row("top5", first + (1 - first) * gap),
        row("mean-per-class-accuracy", first / 2),
      ];
    }),
  ),
);

export const probing = several(
  fc.record({
    method: word,
    arch: fc.constantFrom("ViT-B/16", "ViT-L/14"),
    pretrain: fc.constantFrom("IN-1K", "WebLI (10B)"),
    lp: fc.option(percent),
    ep: percent,
    knn: fc.option(percent),
    size: fc.constantFrom(224, 336),
    notes: fc.option(notes),
    tag: fc.option(word),
    model: word,
    log: fc.option(word),
  }),
).map((lines) =>
  [...new Map(lines.map((line) => [line.method, line])).values()].flatMap(
    ({ method, arch, pretrain, size, tag, model, log, ...line }) => {
      const row = (setting: string, value: number, body: object): OutRow => ({
        ...blank,
        method: slugOfParts("efficient-probing", method, arch, pretrain),
        checkpoint: checkpointNamed(`${model}.ft`, { revision: tag, architecture: arch }),
        aliases: [`efficient-probing:${method}/${arch}/${pretrain}`],
        measure: `${setting}/imagenet/top1`,
        value,
        source: log === null ? "efficient-probing results.csv" : `logs/${log}.txt`,
        protocol: { by: "efficient-probing", evaluation: setting, imageSize: size, ...body },
        extra: {
          family: "MIM",
          pretrain,
          lpGap: "no",
          model,
          raw: String(value),
          ...(line.notes !== null && { notes: line.notes }),
        },
      });
      return [
        ...(line.lp === null ? [] : [row("linear-probe", line.lp, { features: "cls" })]),
        row("attentive-probe", line.ep, { features: "ep", queries: 32 }),
        ...(line.knn === null ? [] : [row("knn", line.knn, { features: "cls", k: 20, temperature: 0.07 })]),
      ];
    },
  ),
);
