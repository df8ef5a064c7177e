/**
 * How data/digits-vit.safetensors was made: a small vision transformer, from random weights, trained by this project's own
 * training on the digits that ship. Prints the loss on the way; the same command gives the same weights on one machine.
 *
 *     node packages/eval-core/recipes/digits-vit.ts OUT.safetensors [STEPS]
 *
 * ViT of 4 blocks, 128 wide, 2 heads, patches of 8, images of 32 pixels. Truncated normal weights of deviation 0.02, no
 * biases; 150 steps of 64 images, shifted by up to two pixels; AdamW, cosine from 1e-3, weight decay 0.01; cross-entropy
 * over the ten classes of the training split. Seed 0.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choicesEntry, loadCheckpoint, NORMALISATION_KEY, trainedTensors } from "../src/backbones/index.ts";
import { saveSafetensors } from "../src/checkpoints/index.ts";
import { openDataset } from "../src/datasets/index.ts";
import { NORMALISATIONS, preprocess, shorterSide, toTensor } from "../src/images/index.ts";
import { adamW, cosineAnnealing } from "../src/optim/index.ts";
import { SeededRandom, sizeOf, type Tensor, tensor } from "../src/tensor/index.ts";
import { finetuneModel, freshHead, withWeights } from "../src/training/model.ts";
import { Trainer } from "../src/training/trainer.ts";

const [WIDTH, DEPTH, PATCH, SIDE, HIDDEN] = [128, 4, 8, 32, 256];
const [BATCH, RATE, DECAY, SHIFT] = [64, 1e-3, 0.01, 2];
const [out = "digits-vit.safetensors", asked = "150"] = process.argv.slice(2);
const steps = Number(asked);
const random = new SeededRandom(0);

/** Under timm's names. */
function initialWeights(): Map<string, Tensor<"float32">> {
  const weights = new Map<string, Tensor<"float32">>();
  const normal = (name: string, shape: readonly number[]) => {
    const draw = () => Math.max(-2, Math.min(2, random.normal())) * 0.02;
    weights.set(name, tensor("float32", shape, Float32Array.from({ length: sizeOf(shape) }, draw)));
  };
  const filled = (name: string, size: number, value: number) =>
    weights.set(name, tensor("float32", [size], new Float32Array(size).fill(value)));
  const linear = (name: string, shape: readonly number[]) => {
    normal(`${name}.weight`, shape);
    filled(`${name}.bias`, shape[0]!, 0);
  };
  const norm = (name: string) => {
    filled(`${name}.weight`, WIDTH, 1);
    filled(`${name}.bias`, WIDTH, 0);
  };
  normal("cls_token", [1, 1, WIDTH]);
  normal("pos_embed", [1, 1 + (SIDE / PATCH) ** 2, WIDTH]);
  linear("patch_embed.proj", [WIDTH, 3, PATCH, PATCH]);
  for (let i = 0; i < DEPTH; i++) {
    norm(`blocks.${i}.norm1`);
    linear(`blocks.${i}.attn.qkv`, [3 * WIDTH, WIDTH]);
    linear(`blocks.${i}.attn.proj`, [WIDTH, WIDTH]);
    norm(`blocks.${i}.norm2`);
    linear(`blocks.${i}.mlp.fc1`, [HIDDEN, WIDTH]);
    linear(`blocks.${i}.mlp.fc2`, [WIDTH, HIDDEN]);
  }
  norm("norm");
  return weights;
}

/** A crop moved by some pixels, its edge repeated. */
function shifted(crop: Uint8Array, [down, across]: readonly [number, number]): Uint8Array {
  const moved = new Uint8Array(crop.length);
  const within = (at: number) => Math.min(SIDE - 1, Math.max(0, at));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const from = 3 * (within(y + down) * SIDE + within(x + across));
      for (let c = 0; c < 3; c++) moved[3 * (y * SIDE + x) + c] = crop[from + c]!;
    }
  }
  return moved;
}

const folder = mkdtempSync(join(tmpdir(), "digits-vit-"));
try {
  const initial = join(folder, "initial.safetensors");
  saveSafetensors(initialWeights(), initial);
  const checkpoint = await loadCheckpoint(initial);
  const digits = await openDataset("digits");
  const items = digits.splits.train;
  const crops = await Promise.all(
    items.map(async (item) => preprocess(await item.load(), shorterSide(SIDE))),
  );
  const classes = digits.classes.length;
  const { graph, parameters } = finetuneModel(checkpoint, {
    ...{ classes, loss: "cross-entropy" },
    size: [SIDE, SIDE],
  });
  const head = freshHead(checkpoint.architecture.featureDimension, classes, random);
  const network = { graph: withWeights(graph, head), parameters, dimensions: { N: BATCH } };
  const optimizer = adamW();
  await using trainer = await Trainer.open(
    { key: "batch", network },
    { optimizer, device: "cpu", threads: 1 },
  );
  const schedule = cosineAnnealing(RATE, steps);
  for (let step = 0; step < steps; step++) {
    const drawn = Array.from({ length: BATCH }, () => random.below(items.length));
    const move = () => random.below(2 * SHIFT + 1) - SHIFT;
    const moved = drawn.map((i) => shifted(crops[i]!, [move(), move()]));
    const input = toTensor(moved, NORMALISATIONS.imagenet, { width: SIDE, height: SIDE });
    const labels = tensor(
      "float32",
      [BATCH],
      Float32Array.from(drawn, (i) => items[i]!.label as number),
    );
    const rates = { learningRate: schedule(step), weightDecay: DECAY, step: step + 1 };
    const { values } = await trainer.step("batch", () => network, { input, labels }, rates);
    if (step % 50 === 0 || step === steps - 1) console.log(`step ${step}: loss ${values.loss!.toFixed(4)}`);
  }
  const trained = trainedTensors(checkpoint, (await trainer.weights()) as Map<string, Tensor<"float32">>);
  saveSafetensors(trained, out, {
    [NORMALISATION_KEY]: JSON.stringify(checkpoint.normalisation),
    ...choicesEntry(checkpoint),
  });
} finally {
  rmSync(folder, { recursive: true });
}
