/** Exported graphs that are no ResNet: read as features exactly as onnxruntime answers them, or refused before they run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { backboneOf, openNetwork, trial } from "../../features/index.ts";
import { int } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/builder.ts";
import { writeModel } from "../../onnx/write.ts";
import { openSession } from "../../runtime/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type LoadOptions, loadCheckpoint } from "../checkpoint.ts";
import { fixedNumber } from "../layers.ts";
import { exportedNetworks } from "../testing/exported-networks.ts";

const folder = mkdtempSync(join(tmpdir(), "exported-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { normal, mobile, transformer, windows } = exportedNetworks(2);

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const options: LoadOptions = { normalisation: "half", trial };

async function featuresOf(path: string, images: Tensor<"float32">, more: LoadOptions, readouts?: string[]) {
  const checkpoint = await loadCheckpoint(path, { ...options, ...more });
  const [count, , height, width] = images.shape as [number, number, number, number];
  const backbone = backboneOf(checkpoint, { size: [height, width], ...(readouts ? { readouts } : {}) });
  const network = await openNetwork(backbone, { device: "cpu", threads: 1 });
  try {
    return { checkpoint, rows: await network.run(images.data.slice(), [count, 3, height, width]) };
  } finally {
    await network.close();
  }
}

/** What onnxruntime answers for the file itself. */
async function answered(path: string, input: string, images: Tensor<"float32">): Promise<Tensor<"float32">> {
  await using session = await openSession(path, { device: "cpu", threads: 1 });
  const answer = await session.run({ [input]: images });
  return Object.values(answer)[0] as Tensor<"float32">;
}

const relative = (found: ArrayLike<number>, expected: readonly number[]) => {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]!))) / largest;
};

describe("features are onnxruntime's own outputs, exactly", () => {
  it("of a mobile network for images of any size, its logits or a value within", async () => {
    const path = file("mobile.onnx", mobile());
    const images = normal(3, 3, 20, 20);
    const { checkpoint, rows } = await featuresOf(path, images, { inputSize: 20 });
    expect(rows[0]).toEqual(await answered(path, "pixels", images));
    expect(checkpoint).toMatchObject({
      family: "onnx-graph",
      inputSize: 20,
      architecture: { name: "onnx-graph", featureDimension: 5, opset: 14 },
      choices: {
        output: { value: "logits" },
        input: { value: "pixels" },
      },
    });
    expect(checkpoint.readouts.map(({ slug }) => slug)).toEqual(["vector"]);
    const within = await featuresOf(path, images, { inputSize: 20, output: "map" }, ["map-mean", "output"]);
    const [mean, map] = within.rows as [Tensor<"float32">, Tensor<"float32">];
    expect(map.shape).toEqual([3, 8, 10, 10]);
    expect(within.checkpoint.readouts[1]).toMatchObject({ slug: "output", kind: "map", stride: 2 });
    const means = Array.from({ length: 24 }, (_, i) =>
      map.data.subarray(i * 100, (i + 1) * 100).reduce((sum, value) => sum + value / 100, 0),
    );
    expect(relative(mean.data, means)).toBeLessThan(1e-5);
  });

  it("of a transformer: all tokens, their mean, the first", async () => {
    const path = file("transformer.onnx", transformer());
    const images = normal(2, 3, 16, 16);
    const slugs = ["output", "token-mean", "token-first"];
    const { checkpoint, rows } = await featuresOf(path, images, {}, slugs);
    const own = await answered(path, "x", images);
    expect(rows[0]).toEqual(own);
    expect(checkpoint.readouts.map(({ slug }) => slug)).toEqual(["token-mean", "token-first", "output"]);
    const at = (image: number, token: number, channel: number) =>
      own.data[(image * 17 + token) * 12 + channel]!;
    const firsts = [0, 1].flatMap((image) => Array.from({ length: 12 }, (_, c) => at(image, 0, c)));
    expect([...rows[2]!.data]).toEqual(firsts);
    const means = [0, 1].flatMap((image) =>
      Array.from(
        { length: 12 },
        (_, c) => Array.from({ length: 17 }, (_, t) => at(image, t, c)).reduce((a, b) => a + b) / 17,
      ),
    );
    expect(relative(rows[1]!.data, means)).toBeLessThan(1e-5);
  });

  it("of channels-last windows that take one image at a time", async () => {
    const path = file("windows.onnx", windows());
    const images = normal(3, 3, 8, 8);
    const { checkpoint, rows } = await featuresOf(path, images, {}, ["output"]);
    expect(checkpoint.converted.join()).toContain(
      "images are run one at a time: the graph's batch axis is fixed at 1",
    );
    expect(checkpoint.architecture).toMatchObject({
      input: { channelsLast: true, batch: 1 },
      output: { kind: "map-last" },
    });
    for (let image = 0; image < 3; image++) {
      const last = normal(1, 8, 8, 3);
      for (let at = 0; at < 64; at++)
        for (let c = 0; c < 3; c++) last.data[at * 3 + c] = images.data[(image * 3 + c) * 64 + at]!;
      const own = await answered(path, "image", last);
      for (let at = 0; at < 64; at++)
        for (let c = 0; c < 10; c++)
          expect(rows[0]!.data[(image * 10 + c) * 64 + at]).toBe(own.data[at * 10 + c]);
    }
  });

  it("one at a time, said, where a graph mixes the images of a batch", async () => {
    const g = new GraphBuilder("mixing");
    const x = g.input("x", "float32", ["N", 3, 4, 4]);
    const mean = g.op("ReduceMean", [x, g.ints([0])], { keepdims: int(1) });
    g.op("Flatten", [g.op("Sub", [x, g.op("Mul", [mean, fixedNumber(g, 0.5)])])], {}, { output: "y" });
    g.output("y", "float32", ["N", 48]);
    const path = file("mixing.onnx", writeModel(g.build()));
    const { checkpoint, rows } = await featuresOf(path, normal(2, 3, 4, 4), {});
    expect(checkpoint.converted.join()).toMatch(
      /one at a time: the graph answers otherwise for an image beside/,
    );
    expect(rows[0]!.shape).toEqual([2, 48]);
  });
});

describe("what is not said is not guessed", () => {
  const path = file("asked.onnx", mobile());
  it.each<[string, LoadOptions, RegExp]>([
    ["the normalisation", { trial, inputSize: 20 }, /no ResNet.*say with --normalisation \(imagenet, clip/],
    ["the size", options, /any size.*say with --input-size/],
    ["an output", { ...options, inputSize: 20, output: "none" }, /no value 'none': its outputs are 'logits'/],
    ["an input", { ...options, inputSize: 20, inputName: "none" }, /no input 'none': it has 'pixels'/],
  ])("%s", async (_, told, message) => {
    await expect(loadCheckpoint(path, told)).rejects.toThrow(message);
  });

  it("but read from beside the file, or from the file", async () => {
    writeFileSync(
      join(folder, "preprocessor_config.json"),
      JSON.stringify({ image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25], size: 20 }),
    );
    const checkpoint = await loadCheckpoint(path, { trial });
    rmSync(join(folder, "preprocessor_config.json"));
    expect(checkpoint).toMatchObject({
      inputSize: 20,
      normalisation: { std: [0.25, 0.25, 0.25] },
      normalisationFrom: "preprocessor_config.json",
    });
  });

  it("and what runs out of memory ends its process alone", async () => {
    const g = new GraphBuilder("growing");
    const x = g.input("x", "float32", ["N", 3, "H", "W"]);
    const by = g.op("Mul", [g.op("Shape", [x]), g.ints([1, 1, 2 ** 13, 2 ** 13])]);
    const grown = g.op("Expand", [g.op("GlobalAveragePool", [x]), by]);
    g.op("Flatten", [g.op("GlobalAveragePool", [g.op("Relu", [grown])])], {}, { output: "y" });
    g.output("y", "float32", ["N", 3]);
    const growing = file("growing.onnx", writeModel(g.build()));
    await expect(loadCheckpoint(growing, { ...options, inputSize: 32 })).rejects.toThrow(
      /growing\.onnx: its graph does not run on an image of 32 pixels: /,
    );
  });
});

it("is run only after it was looked at", async () => {
  const spy = vi.fn(trial);
  const g = new GraphBuilder("random");
  const x = g.input("x", "float32", ["N", 3, 8, 8]);
  g.op("RandomNormalLike", [x], {}, { output: "y" });
  g.output("y", "float32", ["N", 3, 8, 8]);
  const path = file("random.onnx", writeModel(g.build()));
  await expect(loadCheckpoint(path, { ...options, output: "y", trial: spy })).rejects.toThrow(
    /does not depend|random/,
  );
  expect(spy).not.toHaveBeenCalled();
});
