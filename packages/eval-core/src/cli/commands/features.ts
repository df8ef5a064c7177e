/** `transferboard features`: a dataset's features as .npy files, or one array of inputs through a backbone. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import { type Dataset, type Item, openDataset, SPLITS } from "../../datasets/index.ts";
import { backboneOf, batchSize, openExtractor, openNetwork, type ReadoutRows } from "../../features/index.ts";
import { NpyError, narrowed, readNpy, tensor, writeNpy } from "../../tensor/index.ts";
import { type AddCommand, type Context, cacheFolder } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, fileToWrite } from "../options.ts";
import { duration, timed } from "../terminal.ts";
import { addLoadOptions, type LoadChoices, openCheckpoint, READOUT_HELP } from "./checkpoint.ts";
import { preprocessingFor, USUAL_PREPROCESSING } from "./preprocess.ts";

interface FeaturesOptions extends LoadChoices {
  readonly checkpoint: string;
  readonly dataset?: string;
  readonly data?: string;
  readonly allowPartial?: boolean;
  readonly input?: string;
  readonly out: string;
  readonly preprocessing?: string;
  readonly readout?: string;
  readonly device: string;
  readonly cache?: string;
  readonly skipUnreadable?: boolean;
}

export const addFeatures: AddCommand = (program, contextOf) => {
  const command = program
    .command("features")
    .description("write the features of a dataset (--dataset) or of one array of inputs (--input) as .npy");
  addLoadOptions(command)
    .requiredOption("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .requiredOption(
      "--out <path>",
      "a folder for a dataset's SPLIT_x.npy and SPLIT_y.npy, or a file for --input; with several readouts, a folder with one folder or file for each",
    )
    .option("--dataset <name>", "the dataset; without this, --data is a folder of images by class")
    .option("--data <dir>", "folder of the datasets")
    .option("--allow-partial", "accept an incomplete dataset")
    .option("--input <file.npy>", "N x 3 x H x W in float32 or float64, already normalised")
    .option(
      "--preprocessing <name>",
      `how images are preprocessed (default: ${USUAL_PREPROCESSING}, or shorter-N where the checkpoint was made for N pixels)`,
    )
    .option("--readout <slugs>", `${READOUT_HELP}; maps and tokens too`)
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--cache <dir>", "folder for features")
    .option("--skip-unreadable", "leave out images that cannot be read, and list them")
    .action(async (options: FeaturesOptions) => {
      const context = contextOf();
      const checkpoint = await openCheckpoint(options.checkpoint, options);
      if (options.input !== undefined) return ofArray(context, options, checkpoint, options.input);
      if (options.dataset === undefined && options.data === undefined) {
        throw new CommandError("name the images: --dataset NAME, --data DIR or --input FILE.npy", EXIT.usage);
      }
      await ofDataset(context, options, checkpoint);
    });
};

/** Slugs: of vectors by "all", of any readout by name. */
function readoutsOf({ file, readouts }: Checkpoint, asked: string | undefined): string[] {
  if (asked === undefined) return [readouts[0]!.slug];
  if (asked === "all") return readouts.filter(({ kind }) => kind === "vector").map(({ slug }) => slug);
  const slugs = [...new Set(asked.split(",").map((slug) => slug.trim()))];
  for (const wanted of slugs) {
    if (readouts.some(({ slug }) => slug === wanted)) continue;
    const known = readouts.map(({ slug }) => slug).join(", ");
    throw new CommandError(`${file} has no readout '${wanted}': it has ${known}`, EXIT.usage);
  }
  return slugs;
}

async function ofArray(
  { terminal, signal }: Context,
  { device, out, readout }: FeaturesOptions,
  checkpoint: Checkpoint,
  input: string,
): Promise<void> {
  const asked = readoutsOf(checkpoint, readout);
  const fileOf = (slug: string) => (asked.length === 1 ? out : join(out, `${slug}.npy`));
  if (asked.length === 1) fileToWrite("--out", out);
  const x = narrowed(readNpy(input));
  const [count = 0, channels, height = 0, width = 0] = x.shape;
  if (x.dtype !== "float32" || x.shape.length !== 4 || channels !== 3) {
    throw new NpyError(`${input} is ${x.dtype} [${x.shape}]: expected float32 or float64 [N, 3, H, W]`);
  }
  if (x.data.length === 0) throw new NpyError(`${input} is empty, [${x.shape}]: there is no image in it`);
  const backbone = backboneOf(checkpoint, { readouts: asked, size: [height, width] });
  const found: { shape: readonly number[]; data: Float32Array }[] = [];
  const network = await openNetwork(backbone, { device: deviceChoice(device) });
  const step = timed(terminal.step("Features"));
  try {
    const batch = batchSize(Math.ceil(Math.sqrt(height * width)));
    const size = 3 * height * width;
    const one = async (start: number) => {
      const end = Math.min(start + batch, count);
      const part = x.data.slice(start * size, end * size) as Float32Array;
      const rows = await network.run(part, [end - start, 3, height, width]);
      rows.forEach(({ shape, data }, i) => {
        const each = data.length / (end - start);
        found[i] ??= { shape: shape.slice(1), data: new Float32Array(count * each) };
        found[i].data.set(data, start * each);
      });
    };
    const starts = Array.from({ length: Math.ceil(count / batch) }, (_, i) => i * batch);
    for (let i = 0; i < starts.length; i += network.lanes) {
      signal.throwIfAborted();
      const beside = starts.slice(i, i + network.lanes);
      await Promise.all(beside.map(one));
      step.update(Math.min(beside.at(-1)! + batch, count), count);
    }
  } finally {
    await network.close();
  }
  if (asked.length > 1) mkdirSync(out, { recursive: true });
  backbone.readouts.forEach(({ slug }, i) => {
    const { shape, data } = found[i]!;
    writeNpy(tensor("float32", [count, ...shape], data), fileOf(slug));
  });
  step.end(
    backbone.readouts
      .map(({ slug }, i) => `${fileOf(slug)}: ${count} x ${found[i]!.shape.join(" x ")}`)
      .join(", "),
  );
}

async function ofDataset(
  { terminal, signal }: Context,
  options: FeaturesOptions,
  checkpoint: Checkpoint,
): Promise<void> {
  const { out, data, allowPartial = false, skipUnreadable = false } = options;
  const asked = readoutsOf(checkpoint, options.readout);
  const preprocessing = preprocessingFor(checkpoint, options.preprocessing);
  const dataset = await openDataset(options.dataset ?? "folder", data, { allowPartial });
  const manifest = await dataset.manifestHash({ signal });
  const size = [preprocessing.crop, preprocessing.crop] as const;
  const extractor = await openExtractor(backboneOf(checkpoint, { readouts: asked, size }), {
    device: deviceChoice(options.device),
    cacheFolder: cacheFolder(options.cache),
  });
  const step = timed(terminal.step(`${dataset.title}: features`));
  try {
    const { readouts, rowOf, unreadable } = await extractor.readouts(dataset, {
      preprocessing,
      manifest,
      skipUnreadable,
      onProgress: ({ done, total, imagesPerSecond, secondsLeft }) => {
        const rate = imagesPerSecond === undefined ? "" : `${imagesPerSecond.toFixed(1)} images/s`;
        step.update(done, total, secondsLeft === undefined ? rate : `${rate}, ${duration(secondsLeft)} left`);
      },
      signal,
    });
    for (const [slug, readout] of readouts) {
      writeSplits(dataset, asked.length === 1 ? out : join(out, slug), readout, rowOf);
    }
    step.end(`${rowOf.size} images in ${out}`);
    for (const id of unreadable) terminal.say(`Left out, unreadable: ${id}`);
  } finally {
    await extractor.close();
  }
}

/** SPLIT_x.npy and SPLIT_y.npy of each split, without the images that could not be read. */
function writeSplits(
  dataset: Dataset,
  folder: string,
  { size, rows }: ReadoutRows,
  rowOf: ReadonlyMap<Item, number>,
): void {
  mkdirSync(folder, { recursive: true });
  for (const split of SPLITS) {
    const items = dataset.splits[split]?.filter((item) => rowOf.has(item));
    if (!items) continue;
    const x = new Float32Array(items.length * size);
    items.forEach((item, i) => {
      x.set(rows(rowOf.get(item)!, 1), i * size);
    });
    writeNpy(tensor("float32", [items.length, size], x), join(folder, `${split}_x.npy`));
    const labels = Int32Array.from(items.flatMap(({ label }) => label));
    const shape = dataset.task === "multi-label" ? [items.length, dataset.classes.length] : [items.length];
    writeNpy(tensor("int32", shape, labels), join(folder, `${split}_y.npy`));
  }
}
