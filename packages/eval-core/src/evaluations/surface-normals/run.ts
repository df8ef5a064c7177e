/** Surface normals as values and record, with some pictures. */
import { readNormals } from "../../datasets/dense/normals-files.ts";
import type { Nyuv2 } from "../../datasets/dense/nyuv2.ts";
import type { PixelImage } from "../../datasets/dense/pixel-data.ts";
import { decodeRgb } from "../../images/index.ts";
import type { AnglePredictions } from "../../record/predictions/predictions.ts";
import { chooseDevice } from "../../runtime/index.ts";
import type { ArtefactStore } from "../artefacts.ts";
import type { DenseOptions } from "../dense/options.ts";
import type { RunResult, Value } from "../evaluation.ts";
import type { Cost, CostContext, RunContext, Spec } from "../kind.ts";
import { roundUp, scaledSize } from "../pixel-labels/canvas.ts";
import { pixelCost } from "../pixel-labels/cost.ts";
import { encodeRgb, pictureOfNormals } from "../pixel-labels/pictures.ts";
import { pixelTeller } from "../pixel-labels/progress.ts";
import { evaluateNormals, normalsTraining } from "./evaluate.ts";
import { MULTIPLE, normalsSettings } from "./protocol.ts";

/** Test images whose pictures are kept. */
const SHOWN = 4;

export async function runNormals(
  { data, options, seed, setting }: Spec<DenseOptions, Nyuv2>,
  { checkpoint, identity, device, threads, work, signal, progress, artefacts }: RunContext,
): Promise<RunResult> {
  const shown = new Set(data.splits.test.slice(0, SHOWN).map(({ id }) => id));
  let angles: AnglePredictions | undefined;
  const { warnings, ...record } = await evaluateNormals({
    onAngles: (kept) => {
      angles = kept;
    },
    checkpoint,
    data,
    settings: normalsSettings(options, data.name),
    mode: options.mode,
    seed,
    identity,
    device,
    signal,
    ...pixelTeller(progress),
    onPrepare: (what) => progress.say(what),
    onPrediction: async (image, normals, truth) => {
      if (shown.has(image.id)) await show(artefacts, image, normals, truth);
    },
    ...(threads === undefined ? {} : { threads }),
    ...(work === undefined ? {} : { work }),
    ...(options.predictions === undefined ? {} : { predictions: options.predictions }),
  });
  const { meanError, medianError, within, intervals, n } = record.test;
  const value = (metric: string, measured: number, interval: Value["interval"]): Value => ({
    measure: `${setting}/${data.name}/${metric}`,
    value: measured,
    interval,
    n,
  });
  const values = [
    value("mean-error", meanError, intervals.meanError),
    value("median-error", medianError, null),
    ...within.map(({ degrees, percent }, i) => value(`within-${degrees}`, percent, intervals.within[i]!)),
  ];
  return {
    values,
    record: { ...record },
    warnings,
    predictions: angles && {
      predictions: angles,
      testSet: { items: data.splits.test.map(({ id }) => id), classes: [], labels: null },
      measures: values.map(({ measure }) => measure),
    },
  };
}

/** The image, the normals that were predicted, and the true ones. */
async function show(
  artefacts: ArtefactStore,
  { id: item, image, width, height }: PixelImage,
  predicted: Float32Array,
  truthFolder: string,
): Promise<void> {
  const put = (role: string, data: Uint8Array) => artefacts.put(data, { mediaType: "image/png", role, item });
  put("image", await encodeRgb(await decodeRgb(image)));
  put("normals", await pictureOfNormals(width, height, predicted));
  const { normals, valid } = readNormals(truthFolder, item);
  put("normals, truth", await pictureOfNormals(width, height, normals, valid));
}

export async function normalsCost(
  { data, options, seed }: Spec<DenseOptions, Nyuv2>,
  { checkpoint, device, threads, signal }: CostContext,
): Promise<Cost> {
  const settings = normalsSettings(options, data.name);
  const { train, test } = data.splits;
  const sizeOf = (image: PixelImage) => {
    const { width, height } = scaledSize(image, settings.testShortSizes[0]!, settings.longest);
    return { width: roundUp(width, MULTIPLE), height: roundUp(height, MULTIPLE) };
  };
  const sizes = test.map(sizeOf);
  const pixels = sizes.reduce((sum, { width, height }) => sum + width * height, 0);
  const labelled = train.flatMap((image) =>
    image.labels === undefined ? [] : [{ ...image, labels: image.labels }],
  );
  if (labelled.length === 0)
    return {
      images: train.length + test.length,
      note: "its label maps are made of the normals first: not timed",
    };
  const training = normalsTraining(
    {
      checkpoint,
      data,
      settings,
      mode: options.mode,
      seed,
      identity: "cost",
      device: await chooseDevice(device),
      ...(threads === undefined ? {} : { threads }),
    },
    labelled,
  );
  return pixelCost(training, { images: test.length, pixels, sample: sizes[0]! }, signal);
}
