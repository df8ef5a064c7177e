/** Covers every picture position by position; each finished row of masks is kept, so that a killed run goes on there. */
import { backboneGraph, batchOf, readoutsOf } from "../../backbones/index.ts";
import { backboneOf, requireAgreement } from "../../features/index.ts";
import { centreCrop, encodePng, preprocessedImage, shorterSide, toTensor } from "../../images/index.ts";
import { mean } from "../../stats/index.ts";
import { type AnyTensor, tensor } from "../../tensor/index.ts";
import { ResumeStore } from "../../training/index.ts";
import type { Result } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import type { PictureData } from "../pictures/data.ts";
import { overImages } from "../pictures/over-images.ts";
import { overlay } from "../pictures/render.ts";
import { Watch } from "../pictures/watch.ts";
import {
  type AttentionGeometry,
  attentionMap,
  cropOf,
  diffusion,
  maskPositions,
  relativeDistance,
} from "./map.ts";
import { Occluder } from "./occluder.ts";
import { type AttentionOptions, MASK, sizeFor } from "./protocol.ts";

export async function runAttention(
  { data, options, network, seed, setting }: Spec<AttentionOptions, PictureData>,
  context: RunContext,
): Promise<Result> {
  const { checkpoint, device, threads, signal, progress, artefacts } = context;
  const geometry: AttentionGeometry = {
    size: sizeFor(network.patch),
    mask: MASK,
    stride: Number(options.stride),
  };
  const { size } = geometry;
  const store = new ResumeStore(context.work, context.identity, (sentence) => progress.say(sentence));
  const readout = network.readout ?? readoutsOf(checkpoint)[0]!.slug;
  const graph = backboneGraph(checkpoint, { outputs: [readout], size: [size, size] });
  const batch = batchOf(checkpoint);
  await using occluder = await Occluder.open(graph, readout, geometry, {
    device,
    apart: checkpoint.graph !== undefined,
    ...(batch === undefined ? {} : { batch }),
    ...(threads === undefined ? {} : { threads }),
  });
  const pictures = data.pictures(seed);
  const rowsInAll = pictures.length * maskPositions(geometry).length;
  const watch = new Watch(progress.step("attention"), rowsInAll, "rows of masks");
  const found: { picture: string; diffusion: number; least: number; most: number; mean: number }[] = [];
  for (const [index, picture] of pictures.entries()) {
    signal.throwIfAborted();
    const image = preprocessedImage(await picture.load(), shorterSide(size));
    const input = toTensor([image.data], checkpoint.normalisation, image);
    await occluder.look(input);
    const clean = await occluder.clean();
    if (index === 0 && device !== "cpu")
      await requireAgreement(
        backboneOf(checkpoint, { readouts: [readout], size: [size, size] }),
        device,
        input.data,
        [size, size],
        [clean],
      );
    requireFeatures(clean, picture.id);
    const rows = new Rows(store, `picture-${index}`, maskPositions(geometry));
    watch.known(await rows.restore());
    await rows.finish(occluder, clean, signal, () => watch.did());
    const map = attentionMap(rows.distances, geometry);
    const crop = centreCrop(image, cropOf(geometry));
    artefacts.put(await encodePng(crop), { mediaType: "image/png", role: "original", item: picture.id });
    const over = await encodePng(overlay(crop, map));
    artefacts.put(over, { mediaType: "image/png", role: "attention", item: picture.id });
    const sorted = map.toSorted();
    found.push({
      picture: picture.id,
      diffusion: diffusion(map),
      mean: mean(map),
      least: sorted[0]!,
      most: sorted.at(-1)!,
    });
  }
  watch.end(pictures.length);
  const { mean: value, interval, n } = overImages(found.map((one) => one.diffusion));
  return {
    values: [{ measure: `${setting}/${data.name}/diffusion`, value, interval, n }],
    record: {
      pictures: found,
      passesAnImage: maskPositions(geometry).length ** 2 + 1,
      interval: "over pictures",
    },
    warnings: data.notes,
  };
}

function requireFeatures(clean: Float32Array, picture: string): void {
  if (clean.every(Number.isFinite) && clean.some((value) => value !== 0)) return;
  throw new Error(
    `the network's features of ${picture} are no numbers, or all 0: nothing can be compared with them`,
  );
}

/** The distances of one picture, row after row of masks. */
class Rows {
  readonly distances: Float64Array;
  readonly #store: ResumeStore;
  readonly #name: string;
  readonly #places: readonly number[];
  #finished = 0;

  constructor(store: ResumeStore, name: string, places: readonly number[]) {
    this.#store = store;
    this.#name = name;
    this.#places = places;
    this.distances = new Float64Array(places.length ** 2);
  }

  /** How many rows an earlier attempt left. */
  async restore(): Promise<number> {
    const saved = await this.#store.loadTensors(this.#name);
    const data = saved?.tensors.get("distances")?.data;
    if (!(data instanceof Float64Array) || data.length % this.#places.length !== 0) return 0;
    this.distances.set(data);
    this.#finished = data.length / this.#places.length;
    return this.#finished;
  }

  async finish(
    occluder: Occluder,
    clean: Float32Array,
    signal: AbortSignal,
    onRow: () => void,
  ): Promise<void> {
    const width = this.#places.length;
    while (this.#finished < width) {
      signal.throwIfAborted();
      const top = this.#places[this.#finished]!;
      const features = await occluder.features(this.#places.map((left) => [top, left] as const));
      this.distances.set(
        features.map((row) => relativeDistance(clean, row)),
        this.#finished * width,
      );
      this.#finished++;
      const done = this.distances.slice(0, this.#finished * width);
      const distances = tensor("float64", [this.#finished, width], done) as AnyTensor;
      this.#store.saveTensors(this.#name, { tensors: new Map([["distances", distances]]), about: {} });
      onRow();
    }
  }
}
