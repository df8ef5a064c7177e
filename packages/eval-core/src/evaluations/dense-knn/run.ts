/** Dense k-NN from pictures to values and record: the memory bank from train, then test picture by picture. */
import { createHash } from "node:crypto";
import type { Levels, Scenes } from "../../datasets/dense/pixel-data.ts";
import { ConfusionMatrix } from "../../metrics/index.ts";
import { Cosines, findCandidates, normsOf, openDeviceRows, SPARE } from "../../probe/nearest/index.ts";
import { bytesOf, NumpyRandomState } from "../../tensor/index.ts";
import type { Result } from "../evaluation.ts";
import type { Cost, CostContext, RunContext, Spec } from "../kind.ts";
import { resampled } from "../pixel-labels/intervals.ts";
import { reckoned } from "../probes/cost.ts";
import {
  countCachedMaps,
  type PatchMaps,
  patchesFirst,
  patchMaps,
  pictureMaps,
  squeezed,
  squeezedMask,
} from "../probes/patches.ts";
import { copiesWarning } from "../probes/rows.ts";
import { stateFile } from "../probes/state-file.ts";
import { ProtocolError } from "../protocol-error.ts";
import { estimate, pixelClasses } from "./attend.ts";
import { choosePatches, patchLabels, patchScores, VOID } from "./memory.ts";
import { classesOf, type DenseKnnOptions, NEIGHBOURS, TEMPERATURE } from "./protocol.ts";

type DenseSpec = Spec<DenseKnnOptions, Scenes>;

/** Unlabelled is void; the others keep their number. */
const levelOf = (levels: Levels) => (level: number) => (level === levels.void ? VOID : level);

/** Of one picture: cell of the confusion matrix, count, one after the other. */
type Tally = readonly number[];

/** What an interrupted run goes on from. */
interface Scored {
  readonly tallies: readonly Tally[];
  /** Test pictures whose map is a training picture's, bit for bit. */
  readonly copies: number;
}

export async function runDenseKnn({ data, options, seed }: DenseSpec, context: RunContext): Promise<Result> {
  const { checkpoint, device, threads, signal, progress } = context;
  const { side } = options;
  const maps = patchMaps(checkpoint, side);
  const classes = classesOf(data);
  const memory = await memoryOf(data, options, seed, maps, context);
  const file = stateFile<Scored>(context, "scored");
  const tallies = [...(file.state?.tallies ?? [])];
  let copies = file.state?.copies ?? 0;
  const step = progress.step("dense k-NN");
  const trainNorms = normsOf(memory.rows);
  await using on = await openDeviceRows(maps.width, { device, threads });
  const patches = maps.grid ** 2;
  const pictures = pictureMaps(context, "test", data.splits.test, maps, squeezed(side), tallies.length);
  for await (const { index, image, map } of pictures) {
    signal.throwIfAborted();
    const query = { data: patchesFirst(map, maps), count: patches, width: maps.width };
    const cosines = new Cosines(memory.rows, query, { train: trainNorms });
    const range = { from: 0, to: patches, width: NEIGHBOURS + SPARE };
    const candidates = await findCandidates(memory.rows, trainNorms, query, cosines.queryNorms, range, {
      on,
      signal,
    });
    const estimates = new Float64Array(patches * classes);
    for (let q = 0; q < patches; q++) {
      const own = estimates.subarray(q * classes, (q + 1) * classes);
      estimate(cosines, candidates, q, { neighbours: NEIGHBOURS, temperature: TEMPERATURE }, memory, own);
    }
    const predicted = pixelClasses(estimates, maps.grid, side, classes);
    const mask = await squeezedMask(image.labels!, side, levelOf(data.levels));
    tallies.push(tallyOf(predicted, mask, classes));
    if (memory.pictures.has(keyOf(map))) copies++;
    step.update(index + 1, data.splits.test.length);
    if (tallies.length % 32 === 0) file.save({ tallies, copies });
  }
  file.save({ tallies, copies });
  step.end(`${tallies.length} pictures`);
  const about = {
    memoryRows: memory.rows.count,
    patch: maps.patch,
    grid: maps.grid,
    readout: maps.slug,
    sizes: { train: data.splits.train.length, test: tallies.length },
  };
  return { ...resultOf(data.name, tallies, classes, about), warnings: copiesWarning(copies) };
}

async function memoryOf(
  data: Scenes,
  { side, memory: most, void: rule }: DenseKnnOptions,
  seed: number,
  maps: PatchMaps,
  context: RunContext,
) {
  const { train } = data.splits;
  const classes = classesOf(data);
  const patches = maps.grid ** 2;
  const keep = Math.min(patches, Math.max(1, Math.floor(most / train.length)));
  const features = new Float32Array(train.length * keep * maps.width);
  const counts = new Uint16Array(train.length * keep * classes);
  const totals = new Uint16Array(train.length * keep);
  const step = context.progress.step("memory bank");
  let count = 0;
  const pictures = new Set<string>();
  for await (const picture of pictureMaps(context, "train", train, maps, squeezed(side))) {
    const mask = await squeezedMask(picture.image.labels!, side, levelOf(data.levels));
    pictures.add(keyOf(picture.map));
    const own = patchesFirst(picture.map, maps);
    const labels = patchLabels(mask, maps.grid, maps.patch, classes, rule);
    const random = new NumpyRandomState((100_000 * seed + picture.index) >>> 0);
    const uniforms = Float64Array.from({ length: patches }, () => random.uniform());
    const all = Int32Array.from({ length: patches }, (_, p) => p);
    const chosen = keep === patches ? all : choosePatches(patchScores(labels), uniforms, keep);
    for (const p of chosen) {
      if (labels.totals[p] === 0) continue;
      features.set(own.subarray(p * maps.width, (p + 1) * maps.width), count * maps.width);
      counts.set(labels.counts.subarray(p * classes, (p + 1) * classes), count * classes);
      totals[count++] = labels.totals[p]!;
    }
    step.update(picture.index + 1, train.length);
  }
  step.end(`${count} patches`);
  if (count === 0) {
    throw new ProtocolError(
      `no training patch of ${data.title} has a labelled pixel: the memory bank is empty; take pictures with labels, or --void class-0`,
    );
  }
  const rows = { data: features.subarray(0, count * maps.width), count, width: maps.width };
  return { rows, counts, totals, classes, pictures };
}

const keyOf = (map: Float32Array): string => createHash("sha256").update(bytesOf(map)).digest("hex");

function tallyOf(predicted: Uint8Array, mask: Uint8Array, classes: number): Tally {
  const matrix = new ConfusionMatrix(classes, VOID);
  matrix.add(predicted, mask);
  const cells: number[] = [];
  matrix.counts.forEach((n, cell) => {
    if (n > 0) cells.push(cell, n);
  });
  return cells;
}

function matrixOf(tallies: readonly Tally[], classes: number): ConfusionMatrix {
  const matrix = new ConfusionMatrix(classes, VOID);
  for (const tally of tallies) {
    for (let i = 0; i < tally.length; i += 2) matrix.counts[tally[i]!]! += tally[i + 1]!;
  }
  return matrix;
}

function resultOf(
  dataset: string,
  tallies: readonly Tally[],
  classes: number,
  about: Record<string, unknown>,
): Result {
  const matrix = matrixOf(tallies, classes);
  const own = matrix.score();
  const matched = matrix.score(matrix.matching());
  const labelled = tallies.filter((tally) => tally.length > 0);
  const [iou, pixels] = resampled(labelled, (drawn) => {
    const one = matrixOf(drawn, classes);
    return [one.score().meanIou, one.pixelAccuracy];
  });
  const n = tallies.length;
  const value = (metric: string, value: number, interval: typeof iou | null) => ({
    measure: `dense-knn/${dataset}/${metric}`,
    value,
    interval: interval ?? null,
    n,
  });
  return {
    values: [
      value("mean-iou", own.meanIou, iou),
      value("mean-iou-open-hummingbird", matched.meanIouAbsentZero, null),
      value("pixel-accuracy", matrix.pixelAccuracy, pixels),
    ],
    record: {
      ...about,
      iou: own.iou,
      meanIouAbsentZero: own.meanIouAbsentZero,
      meanIouMatched: matched.meanIou,
      meanIouMatchedAbsentZero: matched.meanIouAbsentZero,
      predictedToClass: [...matrix.matching()],
    },
  };
}

/** Products of every test patch with the memory, at what two common cores give. */
export async function denseKnnCost({ data, options }: DenseSpec, context: CostContext): Promise<Cost> {
  const maps = patchMaps(context.checkpoint, options.side);
  const { grid, width } = maps;
  const { train, test } = data.splits;
  const cachedOf = (split: "train" | "test") =>
    countCachedMaps(context, split, data.splits[split], maps, squeezed(options.side));
  const rows = Math.min(options.memory, train.length * grid ** 2);
  const { seconds, note } = reckoned(2 * rows * test.length * grid ** 2 * width);
  return {
    images: train.length + test.length,
    toExtract: train.length + test.length - (await cachedOf("train")) - (await cachedOf("test")),
    featureMegabytes: ((train.length + test.length) * grid ** 2 * width * 4) / 1e6,
    seconds: seconds + (test.length * options.side ** 2) / 1e5,
    note,
  };
}
