/**
 * Reconstructs every picture and scores it. Each finished picture is kept, and the one at hand at times, so that a killed
 * run goes on from its last checkpoint.
 */
import { backboneGraph } from "../../backbones/index.ts";
import { backboneOf, openNetwork } from "../../features/index.ts";
import {
  encodePng,
  preprocessedImage,
  type RgbImage,
  rgbImage,
  shorterSide,
  toTensor,
} from "../../images/index.ts";
import {
  drawPrior,
  IMAGE_PRIOR,
  LPIPS_NETWORKS,
  LPIPS_TITLES,
  reconstructionGraph,
} from "../../networks/index.ts";
import { NumpyRandomState } from "../../tensor/index.ts";
import { ResumeStore } from "../../training/index.ts";
import type { Result, Value } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import type { Picture, PictureData } from "../pictures/data.ts";
import { overImages } from "../pictures/over-images.ts";
import { channelDifference } from "../pictures/render.ts";
import { Watch } from "../pictures/watch.ts";
import { type ByChannel, colourError, toLevels } from "./colour.ts";
import { openLpips } from "./lpips.ts";
import { type LpipsFiles, readLpipsWeights } from "./lpips-weights.ts";
import { optimise, type Reconstructed } from "./optimise.ts";
import { type ReconstructionOptions, SIDE } from "./protocol.ts";
import { COLOUR_METRICS, LPIPS_METRIC } from "./scores.ts";
import { ReconstructionTrainer } from "./trainer.ts";

interface Done extends Reconstructed {
  readonly picture: string;
  readonly original: RgbImage;
  readonly image: RgbImage;
  readonly colour: ByChannel;
  readonly targetMeanSquare: number;
}

export async function runReconstruction(
  spec: Spec<ReconstructionOptions, PictureData>,
  context: RunContext,
): Promise<Result> {
  const { data, options, seed, setting } = spec;
  // Wrong weights are found before hours of work.
  const weights =
    options.lpipsWeights === undefined ? undefined : await readLpipsWeights(options.lpipsWeights);
  const done = await reconstructAll(spec, context, data.pictures(seed));
  requireAll(done);
  const distances = await distancesOf(done, weights, context);
  await keepPictures(done, context);
  const values: Value[] = [...distances, ...colourColumns(done)].map(([metric, each]) => {
    const { mean: value, interval, n } = overImages(each);
    return { measure: `${setting}/${data.name}/${metric}`, value, interval, n };
  });
  return {
    values,
    record: {
      pictures: done.map((one, i) => ({
        picture: one.picture,
        initialLoss: one.initialLoss,
        finalLoss: one.finalLoss,
        relativeLoss: one.finalLoss / one.targetMeanSquare,
        seconds: one.seconds,
        colourError: one.colour,
        meanColourError: (one.colour[0] + one.colour[1] + one.colour[2]) / 3,
        ...Object.fromEntries([...distances].map(([metric, each]) => [metric, each[i]])),
      })),
      lpipsWeights: weights?.files ?? [],
      interval: "over pictures; two reconstructions of one picture differ too, which it does not tell",
    },
    warnings: [...data.notes, ...lpipsNotes(weights)],
  };
}

function lpipsNotes(weights: LpipsFiles | undefined): readonly string[] {
  if (weights) return weights.notes;
  const names = LPIPS_NETWORKS.map((network) => LPIPS_TITLES[network]).join(", ");
  return [
    `LPIPS by ${names} is missing: give their weights by --lpips-weights DIR; colour error is measured without`,
  ];
}

/** The loss and the picture at the end of each picture's optimisation. */
async function reconstructAll(
  { options: { iterations }, network, seed }: Spec<ReconstructionOptions, PictureData>,
  { checkpoint, device, threads, work, identity, progress, signal }: RunContext,
  pictures: readonly Picture[],
): Promise<Done[]> {
  const store = new ResumeStore(work, identity, (sentence) => progress.say(sentence));
  const readout = network.lastMap!;
  const size = [SIDE, SIDE] as const;
  const machine = { device, ...(threads === undefined ? {} : { threads }) };
  const features = await openNetwork(backboneOf(checkpoint, { readouts: [readout], size }), machine);
  const graph = backboneGraph(checkpoint, { outputs: [readout], size });
  const watch = new Watch(progress.step("reconstruction"), pictures.length * iterations, "iterations");
  let trainer: ReconstructionTrainer | undefined;
  const done: Done[] = [];
  try {
    for (const [index, picture] of pictures.entries()) {
      signal.throwIfAborted();
      const original = preprocessedImage(await picture.load(), shorterSide(SIDE));
      const input = toTensor([original.data], checkpoint.normalisation, original);
      const [target] = await features.run(input.data.slice(), input.shape);
      const draw = () => drawPrior(IMAGE_PRIOR, new NumpyRandomState(100_000 * seed + index));
      const open = async () => {
        const drawn = draw();
        const shape = target!.shape;
        trainer ??= await ReconstructionTrainer.open(
          reconstructionGraph(graph, readout, shape, IMAGE_PRIOR, drawn),
          machine,
        );
        await trainer.begin(drawn, target!);
        return trainer;
      };
      const result = await optimise({ open, store, index, iterations, signal, watch });
      const image = rgbImage(
        SIDE,
        SIDE,
        toLevels(result.output.data as Float32Array, checkpoint.normalisation),
      );
      const square = target!.data.reduce((sum, value) => sum + value ** 2, 0) / target!.data.length;
      const colour = colourError(original.data, image.data);
      done.push({ ...result, picture: picture.id, original, image, colour, targetMeanSquare: square });
    }
  } finally {
    await features.close();
    await trainer?.[Symbol.asyncDispose]();
  }
  watch.end(pictures.length);
  return done;
}

/** A picture that failed has no score, and an average over the others would be another measurement. */
function requireAll(done: readonly Done[]): void {
  const failed = done.filter(({ initialLoss, finalLoss }) => !(finalLoss <= initialLoss));
  if (failed.length === 0) return;
  const which = failed
    .map((one) => `${one.picture} (loss ${one.initialLoss} to ${one.finalLoss})`)
    .join(", ");
  throw new Error(
    `the optimisation of ${failed.length} of ${done.length} pictures failed, so there is no average: ${which}`,
  );
}

async function distancesOf(
  done: readonly Done[],
  weights: LpipsFiles | undefined,
  { threads, signal, progress }: RunContext,
): Promise<Map<string, number[]>> {
  const distances = new Map<string, number[]>();
  for (const [network, own] of weights?.networks ?? []) {
    const step = progress.step(`LPIPS by ${LPIPS_TITLES[network]}`);
    await using lpips = await openLpips(network, own, threads === undefined ? {} : { threads });
    const each: number[] = [];
    for (const { original, image } of done) {
      signal.throwIfAborted();
      each.push((await lpips.distance(original.data, image.data, image)).total);
      step.update(each.length, done.length);
    }
    distances.set(LPIPS_METRIC[network], each);
    step.end(`LPIPS by ${LPIPS_TITLES[network]}`);
  }
  return distances;
}

const colourColumns = (done: readonly Done[]): (readonly [string, number[]])[] =>
  COLOUR_METRICS.map((metric, channel) => [metric, done.map(({ colour }) => colour[channel]!)] as const);

async function keepPictures(done: readonly Done[], { artefacts }: RunContext): Promise<void> {
  for (const { picture, original, image } of done) {
    const shown: [string, RgbImage][] = [
      ["original", original],
      ["reconstruction", image],
      ["difference-red", channelDifference(original, image, 0)],
      ["difference-green", channelDifference(original, image, 1)],
      ["difference-blue", channelDifference(original, image, 2)],
    ];
    for (const [role, one] of shown)
      artefacts.put(await encodePng(one), { mediaType: "image/png", role, item: picture });
  }
}
