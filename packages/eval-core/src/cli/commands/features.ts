/** `transferboard features`: a dataset's features as .npy files, or one array of inputs through a backbone. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "../../backbones/index.ts";
import { openDataset, SPLITS } from "../../datasets/index.ts";
import { backboneOf, batchSize, openExtractor, requireAgreement } from "../../features/index.ts";
import { openSession } from "../../runtime/index.ts";
import { NpyError, narrowed, readNpy, tensor, writeNpy } from "../../tensor/index.ts";
import { type AddCommand, type Context, cacheFolder } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, fileToWrite } from "../options.ts";
import { duration, timed } from "../terminal.ts";
import { addLoadOptions, type LoadChoices, openCheckpoint } from "./checkpoint.ts";
import { namedPreprocessing } from "./preprocess.ts";

interface FeaturesOptions extends LoadChoices {
  readonly checkpoint: string;
  readonly dataset?: string;
  readonly data?: string;
  readonly allowPartial?: boolean;
  readonly input?: string;
  readonly out: string;
  readonly preprocessing: string;
  readonly device: string;
  readonly cache?: string;
  readonly skipUnreadable?: boolean;
}

export const addFeatures: AddCommand = (program, contextOf) => {
  const command = program
    .command("features")
    .description("write features as .npy: of a dataset (--dataset), or of one array of inputs (--input)");
  addLoadOptions(command)
    .requiredOption("--checkpoint <file>", "weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .requiredOption(
      "--out <path>",
      "a folder for a dataset's SPLIT_x.npy and SPLIT_y.npy; a file for --input",
    )
    .option("--dataset <name>", "which dataset; without it, --data is a folder of images by class")
    .option("--data <dir>", "where the datasets are")
    .option("--allow-partial", "accept a dataset that is not whole")
    .option("--input <file.npy>", "N x 3 x H x W in float32 or float64, already normalised")
    .option("--preprocessing <name>", "how images become crops", "imagenet-shorter-224")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--cache <dir>", "where features are kept")
    .option("--skip-unreadable", "go on without images that cannot be read, and say which")
    .action(async (options: FeaturesOptions) => {
      const context = contextOf();
      const checkpoint = await openCheckpoint(options.checkpoint, options);
      if (options.input !== undefined) return ofArray(context, options, checkpoint, options.input);
      if (options.dataset === undefined && options.data === undefined) {
        throw new CommandError("say of what: --dataset NAME, --data DIR or --input FILE.npy", EXIT.usage);
      }
      await ofDataset(context, options, checkpoint);
    });
};

async function ofArray(
  { terminal, signal }: Context,
  { device, out }: FeaturesOptions,
  checkpoint: Checkpoint,
  input: string,
): Promise<void> {
  fileToWrite("--out", out);
  const x = narrowed(readNpy(input));
  const [count = 0, channels, height = 0, width = 0] = x.shape;
  if (x.dtype !== "float32" || x.shape.length !== 4 || channels !== 3) {
    throw new NpyError(`${input} is ${x.dtype} [${x.shape}]: expected float32 or float64 [N, 3, H, W]`);
  }
  if (x.data.length === 0) throw new NpyError(`${input} is empty, [${x.shape}]: there is no image in it`);
  const backbone = backboneOf(checkpoint);
  const [{ output, size: featureSize = checkpoint.architecture.featureDimension }] = backbone.readouts;
  const features = new Float32Array(count * featureSize);
  const session = await openSession(backbone.model, { device: deviceChoice(device) });
  const step = timed(terminal.step("Features"));
  try {
    const batch = batchSize(Math.ceil(Math.sqrt(height * width)));
    const size = 3 * height * width;
    for (let start = 0; start < count; start += batch) {
      signal.throwIfAborted();
      const end = Math.min(start + batch, count);
      const part = tensor(
        "float32",
        [end - start, 3, height, width],
        x.data.subarray(start * size, end * size),
      );
      const answer = await session.run({ [backbone.input]: part }, [output]);
      const rows = answer[output]!.data as Float32Array;
      if (start === 0 && session.device !== "cpu") {
        const [image, row] = [x.data.slice(0, size), rows.subarray(0, featureSize)];
        await requireAgreement(backbone, session.device, image, [height, width], [row]);
      }
      features.set(rows, start * featureSize);
      step.update(end, count);
    }
  } finally {
    await session.close();
  }
  writeNpy(tensor("float32", [count, featureSize], features), out);
  step.end(`${out}: ${count} x ${featureSize}`);
}

async function ofDataset(
  { terminal, signal }: Context,
  options: FeaturesOptions,
  checkpoint: Checkpoint,
): Promise<void> {
  const { out, data, allowPartial = false, skipUnreadable = false } = options;
  const dataset = await openDataset(options.dataset ?? "folder", data, { allowPartial });
  const manifest = await dataset.manifestHash({ signal });
  const extractor = await openExtractor(backboneOf(checkpoint), {
    device: deviceChoice(options.device),
    cacheFolder: cacheFolder(options.cache),
  });
  const step = timed(terminal.step(`${dataset.title}: features`));
  try {
    const { x, featureSize, rowOf, unreadable } = await extractor.features(dataset, {
      preprocessing: namedPreprocessing(options.preprocessing),
      manifest,
      skipUnreadable,
      onProgress: ({ done, total, imagesPerSecond, secondsLeft }) => {
        const rate = imagesPerSecond === undefined ? "" : `${imagesPerSecond.toFixed(1)} images/s`;
        step.update(done, total, secondsLeft === undefined ? rate : `${rate}, ${duration(secondsLeft)} left`);
      },
      signal,
    });
    mkdirSync(out, { recursive: true });
    for (const split of SPLITS) {
      const items = dataset.splits[split]?.filter((item) => rowOf.has(item));
      if (!items) continue;
      const rows = new Float32Array(items.length * featureSize);
      items.forEach((item, i) => {
        const row = rowOf.get(item)!;
        rows.set(x.subarray(row * featureSize, (row + 1) * featureSize), i * featureSize);
      });
      writeNpy(tensor("float32", [items.length, featureSize], rows), join(out, `${split}_x.npy`));
      const labels = Int32Array.from(items.flatMap(({ label }) => label));
      const shape = dataset.task === "multi-label" ? [items.length, dataset.classes.length] : [items.length];
      writeNpy(tensor("int32", shape, labels), join(out, `${split}_y.npy`));
    }
    step.end(`${rowOf.size} images in ${out}`);
    for (const id of unreadable) terminal.say(`Left out, unreadable: ${id}`);
  } finally {
    await extractor.close();
  }
}
