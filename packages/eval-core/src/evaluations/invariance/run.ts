/** Looks at every picture and its transformed copies; each finished picture is kept, so that a killed run goes on there. */
import { readoutsOf } from "../../backbones/index.ts";
import { backboneOf, type Network, openNetwork } from "../../features/index.ts";
import { type Normalisation, type RgbImage, toTensor } from "../../images/index.ts";
import { mean } from "../../stats/index.ts";
import { ResumeStore } from "../../training/index.ts";
import type { Result } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import type { Picture, PictureData, PictureOptions } from "../pictures/data.ts";
import { overImages } from "../pictures/over-images.ts";
import { Watch } from "../pictures/watch.ts";
import { cosine } from "./cosine.ts";
import { CROP, requireShape, TRANSFORMATIONS, untransformed } from "./transformations.ts";

const BATCH = 8;

/** Of one picture: for each transformation, the similarity at each of its values. */
type Similarities = readonly (readonly number[])[];

export async function runInvariance(
  { data, network: facts, seed, setting }: Spec<PictureOptions, PictureData>,
  { checkpoint, device, threads, work, identity, progress, signal }: RunContext,
): Promise<Result> {
  const store = new ResumeStore(work, identity, (sentence) => progress.say(sentence));
  const readout = facts.readout ?? readoutsOf(checkpoint)[0]!.slug;
  const network = await openNetwork(backboneOf(checkpoint, { readouts: [readout], size: [CROP, CROP] }), {
    device,
    ...(threads === undefined ? {} : { threads }),
  });
  const pictures = data.pictures(seed);
  const watch = new Watch(progress.step("invariance"), pictures.length, "pictures");
  const found: Similarities[] = [];
  try {
    for (const [index, picture] of pictures.entries()) {
      signal.throwIfAborted();
      let similarities = store.read(`picture-${index}`) as unknown as Similarities | undefined;
      if (similarities === undefined) {
        similarities = await similaritiesOf(picture, network, checkpoint.normalisation, signal);
        store.write(`picture-${index}`, similarities);
        watch.did();
      } else watch.known(1);
      found.push(similarities);
    }
  } finally {
    await network.close();
  }
  watch.end(pictures.length);
  const values = TRANSFORMATIONS.map(({ name }, t) => {
    const { mean: value, interval, n } = overImages(found.map((one) => mean(one[t]!)));
    return { measure: `${setting}/${data.name}/${name}`, value, interval, n };
  });
  const curves = TRANSFORMATIONS.map(({ name, values: grid }, t) => ({
    transformation: name,
    values: grid,
    similarities: grid.map((_, i) => mean(found.map((one) => one[t]![i]!))),
  }));
  return { values, record: { curves, interval: "over pictures" }, warnings: data.notes };
}

async function similaritiesOf(
  picture: Picture,
  network: Network,
  normalisation: Normalisation,
  signal: AbortSignal,
): Promise<Similarities> {
  const featuresOf = async (crops: readonly RgbImage[]): Promise<Float32Array[]> => {
    const { data, shape } = toTensor(
      crops.map((crop) => crop.data),
      normalisation,
      { width: CROP, height: CROP },
    );
    const [rows] = await network.run(data, shape);
    const width = rows!.data.length / crops.length;
    return crops.map((_, i) => rows!.data.subarray(i * width, (i + 1) * width));
  };
  const image = await picture.load();
  requireShape(image, picture.id);
  const [clean] = await featuresOf([untransformed(image)]);
  const all: number[][] = [];
  for (const { values, apply } of TRANSFORMATIONS) {
    const own: number[] = [];
    for (let from = 0; from < values.length; from += BATCH) {
      signal.throwIfAborted();
      const features = await featuresOf(values.slice(from, from + BATCH).map((value) => apply(image, value)));
      own.push(...features.map((row) => cosine(clean!, row)));
    }
    all.push(own);
  }
  return all;
}
