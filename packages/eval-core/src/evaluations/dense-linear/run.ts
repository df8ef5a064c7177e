/** The linear segmentation head from pictures to values and record, on random crops or on maps that are made once. */
import { join } from "node:path";
import { backboneOf, batchSize, type Network, openNetwork } from "../../features/index.ts";
import { mapOrdered } from "../../features/map-ordered.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import { hashOfWeights, type Json, LoaderPool, recorded } from "../../training/index.ts";
import type { RunResult } from "../evaluation.ts";
import type { Cost, CostContext, RunContext } from "../kind.ts";
import { pixelTeller } from "../pixel-labels/progress.ts";
import { type PatchMaps, patchMaps, pictureMaps } from "../probes/patches.ts";
import {
  regionsOf,
  segmentationIntervals,
  segmentationScores,
  type Tally,
  tallyOf,
} from "../segmentation/score.ts";
import type { HeadPlan } from "./order.ts";
import { PictureStore, pictureOf, recordOf } from "./picture-store.ts";
import { CACHED, type DenseLinearSpec, type HeadSettings, headSettings, strideOf } from "./protocol.ts";
import { type HeadBatch, HeadTraining, headThreads } from "./train.ts";
import type { HeadWork } from "./work.ts";

/** Test pictures between two saves. */
const SAVE_EVERY = 32;

interface Work {
  readonly spec: DenseLinearSpec;
  readonly context: RunContext;
  readonly settings: HeadSettings;
  readonly maps: PatchMaps;
  readonly pool: LoaderPool<HeadWork>;
  readonly network: Network;
}

export interface DenseLinearExtras {
  /** Steps between two saves; about a minute's worth unless told. */
  readonly saveEvery?: number;
  readonly onStep?: (step: number) => void;
}

export async function runDenseLinear(
  spec: DenseLinearSpec,
  context: RunContext,
  extras: DenseLinearExtras = {},
): Promise<RunResult> {
  const { data, seed, options } = spec;
  const { checkpoint, identity, device, threads, work, signal, progress } = context;
  const settings = headSettings(options, data.name);
  const { side } = settings;
  const maps = patchMaps(checkpoint, side);
  await using pool = new LoaderPool<HeadWork>(new URL("./work.ts", import.meta.url), {
    threads: headThreads(threads),
  });
  const backbone = backboneOf(checkpoint, { readouts: [maps.slug], size: [side, side] });
  const network = await openNetwork(backbone, { device, ...(threads === undefined ? {} : { threads }) });
  const all: Work = { spec, context, settings, maps, pool, network };
  const warnings: string[] = [];
  let source: Source | undefined;
  try {
    source = spec.setting === CACHED ? await cachedMaps(all) : randomCrops(all);
    const teller = pixelTeller(progress);
    await using training = await HeadTraining.open(
      {
        ...{ settings, maps, seed, identity, device, threads, work, signal },
        classes: data.classes.length,
        pictures: data.splits.train.length,
        load: source.load,
        saveEvery: extras.saveEvery,
        onStep: (told) => {
          teller.onStep(told);
          extras.onStep?.(told.step);
        },
        onDamage: (sentence) => warnings.push(sentence),
      },
      pool,
    );
    const { curves } = await training.train();
    const weightsSha256 = hashOfWeights(await training.weights());
    const tallies = await test(all, training, teller.onTested);
    return { ...resultOf(spec, settings, maps, tallies, { ...recorded(curves), weightsSha256 }), warnings };
  } finally {
    source?.close();
    await network.close();
  }
}

interface Source {
  readonly load: (plan: HeadPlan) => Promise<HeadBatch>;
  close(): void;
}

/** Every turn of a picture is cut anew and passes the backbone. */
function randomCrops({ spec, context, settings, maps, pool, network }: Work): Source {
  const { data, seed } = spec;
  const { side } = settings;
  const { normalisation } = context.checkpoint;
  return {
    async load(plan) {
      const loaded = await Promise.all(
        plan.map(({ picture, turn }) => {
          const { image, labels } = data.splits.train[picture]!;
          return pool.load({
            what: "crop",
            ...{ image, labels: labels!, side, normalisation, seed, turn },
            levels: data.levels,
            classes: data.classes.length,
          });
        }),
      );
      const input = new Float32Array(plan.length * 3 * side * side);
      loaded.forEach((one, i) => {
        input.set(one.input!.data as Float32Array, i * 3 * side * side);
      });
      const answer = await throughNetwork(network, input, side, maps);
      return { maps: answer.data, labels: loaded.map((one) => one.labels!.data as Uint8Array) };
    },
    close() {},
  };
}

/** Every picture once, its map in float16. */
async function cachedMaps({ spec, context, settings, maps, pool }: Work): Promise<Source> {
  const { data } = spec;
  const { side } = settings;
  const { train } = data.splits;
  const size = maps.width * maps.grid ** 2;
  const folder = context.work === undefined ? undefined : join(context.work, "maps");
  const store = new PictureStore(folder, 2 * size + side * side);
  const preprocessing = { resize: "shorter-side", resizeSize: side, crop: side, filter: "bilinear" } as const;
  const step = context.progress.step("maps");
  try {
    for await (const { image, index, map } of pictureMaps(
      context,
      "train",
      train,
      maps,
      preprocessing,
      store.count,
    )) {
      context.signal.throwIfAborted();
      const { labels } = await pool.load({
        what: "mask",
        ...{ labels: image.labels!, side, levels: data.levels },
        classes: data.classes.length,
      });
      store.append(recordOf({ map, labels: labels!.data as Uint8Array }));
      step.update(index + 1, train.length);
    }
    step.end(`${train.length} pictures`);
  } catch (error) {
    store.close();
    throw error;
  }
  return {
    async load(plan) {
      const values = new Float32Array(plan.length * size);
      const labels = plan.map(({ picture }, i) =>
        pictureOf(store.read(picture), size, values.subarray(i * size, (i + 1) * size)),
      );
      return { maps: values, labels };
    },
    close: () => store.close(),
  };
}

/** Maps [n, channels, grid, grid] of inputs [n, 3, side, side], a few at a time. */
async function throughNetwork(
  network: Network,
  input: Float32Array,
  side: number,
  { width, grid }: PatchMaps,
): Promise<Tensor<"float32">> {
  const one = 3 * side * side;
  const count = input.length / one;
  const size = width * grid * grid;
  const data = new Float32Array(count * size);
  const most = batchSize(side);
  const parts = Array.from({ length: Math.ceil(count / most) }, (_, i) => i * most);
  await Promise.all(
    parts.map(async (from) => {
      const to = Math.min(count, from + most);
      const [answer] = await network.run(input.slice(from * one, to * one), [to - from, 3, side, side]);
      data.set(answer!.data, from * size);
    }),
  );
  return tensor("float32", [count, width, grid, grid], data);
}

async function test(
  { spec, context, settings, maps, pool, network }: Work,
  training: HeadTraining,
  onTested: (done: number, total: number) => void,
): Promise<readonly Tally[]> {
  const { data } = spec;
  const { side } = settings;
  const { test: images } = data.splits;
  const { normalisation } = context.checkpoint;
  const saved = training.store.read("tested");
  const tallies = (Array.isArray(saved) ? saved : []) as unknown as Tally[];
  const score = async (image: (typeof images)[number]) => {
    const loaded = await pool.load({
      what: "windows",
      ...{ image: image.image, side, stride: strideOf(side), normalisation },
    });
    const input = loaded.input!.data as Float32Array;
    const scores = await training.scores(await throughNetwork(network, input, side, maps));
    const [height = 0, width = 0] = loaded.size!.data as Int32Array;
    const answer = await pool.load({
      what: "label",
      ...{ image: image.image, labels: image.labels!, scores, levels: data.levels },
      classes: data.classes.length,
      windows: loaded.windows!.data as Int32Array,
      size: { width, height },
    });
    return tallyOf(answer.tally!.data as Int32Array);
  };
  const left = images.slice(tallies.length);
  for await (const [, tally] of mapOrdered(left, 1 + pool.threads, score)) {
    tallies.push(tally);
    onTested(tallies.length, images.length);
    if (tallies.length % SAVE_EVERY === 0 || context.signal.aborted)
      training.store.write("tested", tallies as unknown as Json);
    context.signal.throwIfAborted();
  }
  return tallies;
}

function resultOf(
  { setting, data }: DenseLinearSpec,
  settings: HeadSettings,
  maps: PatchMaps,
  tallies: readonly Tally[],
  training: Record<string, unknown>,
): RunResult {
  const classes = data.classes.length;
  const { meanIou, pixelAccuracy, iou } = segmentationScores(tallies, classes, false);
  const intervals = segmentationIntervals(tallies, classes, false);
  const value = (metric: string, value: number, interval: typeof intervals.meanIou) => ({
    measure: `${setting}/${data.name}/${metric}`,
    value,
    interval,
    n: tallies.length,
  });
  const values = [
    value("mean-iou", meanIou, intervals.meanIou),
    value("pixel-accuracy", pixelAccuracy, intervals.pixelAccuracy),
  ];
  return {
    values,
    predictions: {
      predictions: regionsOf(tallies, classes, false),
      testSet: { items: data.splits.test.map(({ id }) => id), classes: [...data.classes], labels: null },
      measures: values.map(({ measure }) => measure),
    },
    record: {
      settings,
      readout: maps.slug,
      grid: maps.grid,
      sizes: { train: data.splits.train.length, test: tallies.length },
      training,
      iouByClass: Object.fromEntries(
        iou.flatMap((one, c) => (one === null ? [] : [[data.classes[c]!, one]])),
      ),
    },
  };
}

/** Logits with their gradient that two common cores make a second: reckoned. */
const LOGITS_PER_SECOND = 8e7;

export async function denseLinearCost(
  { data, options, setting }: DenseLinearSpec,
  { checkpoint }: CostContext,
): Promise<Cost> {
  const settings = headSettings(options, data.name);
  const { steps, batch, side } = settings;
  const { width, grid } = patchMaps(checkpoint, side);
  const { train, test } = data.splits;
  const classes = data.classes.length;
  const logits = (steps * batch + 2 * test.length) * side * side * classes;
  // In passes of images at 224, which the speed of the network is told in; two windows a test picture.
  const pass = (side / 224) ** 2;
  const cached = setting === CACHED;
  const passes = 2 * test.length + (cached ? train.length : steps * batch);
  return {
    images: train.length + test.length,
    toTrain: Math.ceil((passes * pass) / 3),
    ...(cached ? { featureMegabytes: (train.length * grid ** 2 * width * 6) / 1e6 } : {}),
    seconds: logits / LOGITS_PER_SECOND,
    note: `${steps} steps of ${batch} pictures at ${side}`,
  };
}
