/** What the extraction bench runs on: photographs of a kind as JPEG files, and full-width networks of random weights. */
import { join } from "node:path";
import sharp from "sharp";
import {
  BATCH_NORM_EPSILON,
  depthOf,
  expectedTensors,
  type ResNetArchitecture,
} from "../src/backbones/index.ts";
import { saveSafetensors } from "../src/checkpoints/index.ts";
import { SeededRandom, type Tensor } from "../src/tensor/index.ts";

/** ImageNet's common size; at this quality a file has some 100 KB, as there. */
const WIDTH = 500;
const HEIGHT = 375;
const QUALITY = 92;

/** Blobs of colour under a grain: what a JPEG decoder has to do depends on how much detail there is. */
export async function writePhotographs(folder: string, count: number): Promise<string[]> {
  const random = new SeededRandom(11);
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const coarse = Uint8Array.from({ length: 20 * 15 * 3 }, () => random.below(256));
    const blobs = await sharp(coarse, { raw: { width: 20, height: 15, channels: 3 } })
      .resize(WIDTH, HEIGHT, { fit: "fill" })
      .raw()
      .toBuffer();
    for (let at = 0; at < blobs.length; at++)
      blobs[at] = Math.max(0, Math.min(255, blobs[at]! + random.below(41) - 20));
    const path = join(folder, `${String(i).padStart(5, "0")}.jpg`);
    await sharp(blobs, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .jpeg({ quality: QUALITY })
      .toFile(path);
    paths.push(path);
  }
  return paths;
}

const blocks = [3, 4, 6, 3];

const resnet50: ResNetArchitecture = {
  name: "resnet50",
  depth: depthOf("bottleneck", blocks),
  block: "bottleneck",
  blocks,
  width: 1,
  widths: { stem: 64, inner: [64, 128, 256, 512], outer: [256, 512, 1024, 2048] },
  featureDimension: 2048,
};

/** Weights by He's rule, and batch statistics that keep the activations in range. */
export function writeResnet50(path: string): void {
  const random = new SeededRandom(12);
  const tensors = new Map<string, Tensor<"float32">>();
  for (const [name, shape] of expectedTensors(resnet50)) {
    const size = shape.reduce((product, n) => product * n, 1);
    const data = new Float32Array(size);
    if (shape.length === 4) {
      // Uniform in place of normal: as good here, and fast over 23 million weights.
      const bound = Math.sqrt(6 / (size / shape[0]!));
      for (let i = 0; i < size; i++) data[i] = (random.uint32() / 2 ** 31 - 1) * bound;
    } else if (name.endsWith("running_var")) {
      data.fill(1 - BATCH_NORM_EPSILON);
    } else if (name.endsWith(".weight")) {
      // The last of a block is small, so that sixteen blocks do not double the signal sixteen times.
      data.fill(name.includes("bn3") ? 0.3 : 1);
    }
    tensors.set(name, { dtype: "float32", shape, data });
  }
  saveSafetensors(tensors, path);
}

/** A vision transformer of 12 blocks on patches of 16 pixels, under timm's names. */
export function writeVit(path: string, width: number): void {
  const random = new SeededRandom(12);
  const tensors = new Map<string, Tensor<"float32">>();
  const put = (name: string, shape: readonly number[], value: () => number) => {
    const size = shape.reduce((product, n) => product * n, 1);
    tensors.set(name, { dtype: "float32", shape, data: Float32Array.from({ length: size }, value) });
  };
  const drawn = () => (random.uint32() / 2 ** 31 - 1) * 0.05;
  const zero = () => 0;
  const layer = (name: string, outputs: number, inputs: number) => {
    put(`${name}.weight`, [outputs, inputs], drawn);
    put(`${name}.bias`, [outputs], zero);
  };
  const norm = (name: string) => {
    put(`${name}.weight`, [width], () => 1);
    put(`${name}.bias`, [width], zero);
  };
  put("cls_token", [1, 1, width], drawn);
  put("pos_embed", [1, 197, width], drawn);
  put("patch_embed.proj.weight", [width, 3, 16, 16], drawn);
  put("patch_embed.proj.bias", [width], zero);
  for (let block = 0; block < 12; block++) {
    const at = `blocks.${block}`;
    norm(`${at}.norm1`);
    layer(`${at}.attn.qkv`, 3 * width, width);
    layer(`${at}.attn.proj`, width, width);
    norm(`${at}.norm2`);
    layer(`${at}.mlp.fc1`, 4 * width, width);
    layer(`${at}.mlp.fc2`, width, 4 * width);
  }
  norm("norm");
  saveSafetensors(tensors, path);
}
