/**
 * The families' training graphs, in the reference interpreter: the gradient by every weight against finite differences,
 * and the features against those of the folded graphs.
 */
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { int } from "../autodiff/attributes.ts";
import { gradient } from "../autodiff/gradient.ts";
import { interpret, value } from "../autodiff/reference/index.ts";
import { inferShapes } from "../autodiff/shapes/index.ts";
import { checkGradient } from "../autodiff/testing/finite-differences.ts";
import { GoldenFolder } from "../conformance/index.ts";
import { GraphBuilder } from "../onnx/index.ts";
import { SeededRandom, sizeOf, tensor } from "../tensor/index.ts";
import { isFull } from "../tensor/testing/counts.ts";
import { backboneGraph } from "./backbone-graph.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";

const goldens = new GoldenFolder(fileURLToPath(new URL("../../golden/backbones", import.meta.url)));
afterAll(() => goldens[Symbol.dispose]());

/** A size that is not the stored one, and leaves pixels over. */
const cases: readonly (readonly [string, string, number | undefined, readonly [number, number], boolean])[] =
  [
    ["a ViT with registers and layer scale", "dinov2_reg/dinov2_reg4_pretrain.pth", 2, [25, 16], true],
    ["a DINOv3", "dinov3/dinov3_pretrain.pth", undefined, [16, 8], false],
    ["a ConvNeXt V2", "convnextv2/convnextv2_1k_224_ema.pt", undefined, [37, 32], true],
    ["a SigLIP with its attention pool", "timm_siglip/model.safetensors", 2, [8, 16], false],
  ];

async function load(path: string, heads: number | undefined): Promise<Checkpoint> {
  const [folder, file] = path.split("/") as [string, string];
  return loadCheckpoint(goldens.folder(folder).file(file), heads === undefined ? {} : { heads });
}

/** The features of two images, weighted and summed into `loss`; every weight an input. */
function lossOf(checkpoint: Checkpoint, size: readonly [number, number]) {
  const backbone = backboneGraph(checkpoint, { batchNorm: "separate", outputs: ["features"], size });
  const bound = {
    ...backbone,
    inputs: backbone.inputs.map((input) => ({ ...input, shape: [2, ...input.shape.slice(1)] })),
  };
  const random = new SeededRandom(5);
  const g = GraphBuilder.from(bound, { outputs: false });
  const width = checkpoint.architecture.featureDimension;
  const weights = g.constant(
    tensor(
      "float32",
      [width],
      Float32Array.from({ length: width }, () => random.normal()),
    ),
  );
  g.op("ReduceSum", [g.op("Mul", ["features", weights])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  const graph = g.build();
  const by = [...backbone.initializers].filter(([, { dtype }]) => dtype === "float32").map(([name]) => name);
  const feeds = new Map<string, Float64Array>();
  const image = Float64Array.from({ length: 2 * 3 * size[0] * size[1] }, () => random.normal());
  feeds.set("input", image);
  for (const name of by)
    feeds.set(name, Float64Array.from(graph.initializers.get(name)!.data as Float32Array));
  const initializers = new Map([...graph.initializers].filter(([name]) => !by.includes(name)));
  const inputs = [
    ...graph.inputs,
    ...by.map((name) => ({ name, dtype: "float32" as const, shape: graph.initializers.get(name)!.shape })),
  ];
  return { graph: { ...graph, inputs, initializers }, feeds, by };
}

describe.each(cases)("%s", (_, path, heads, size, forCpu) => {
  const loading = load(path, heads);

  it("has the gradient that finite differences have, by every weight", async () => {
    const one = lossOf(await loading, size);
    expect(one.by.length).toBeGreaterThan(20);
    // The goldens' embeddings are as small as real ones: what normalises them bends within the usual step.
    checkGradient(one, { step: 1e-7 });
    if (forCpu && isFull) checkGradient(one, { step: 1e-7, forCpu });
  }, 120_000);

  it("answers the features of the folded graph", async () => {
    const checkpoint = await loading;
    const random = new SeededRandom(6);
    const image = Float64Array.from({ length: 3 * size[0] * size[1] }, () => random.normal());
    const input = new Map([["input", value("float32", [1, 3, ...size], image)]]);
    const answers = (["folded", "separate"] as const).map(
      (batchNorm) =>
        interpret(backboneGraph(checkpoint, { batchNorm, outputs: ["features"], size }), input).get(
          "features",
        )!,
    );
    const [folded, separate] = answers as [(typeof answers)[0], (typeof answers)[0]];
    folded.data.forEach((expected, i) => {
      expect(separate.data[i]).toBeCloseTo(expected, 5);
    });
  });
});

it("holds no value that is larger than a few times the depthwise convolution's input", () => {
  const g = new GraphBuilder("depthwise");
  const shape = [2, 8, 14, 14];
  const x = g.input("x", "float32", shape);
  const w = g.initializer("w", tensor("float32", [8, 1, 7, 7], new Float32Array(8 * 49).fill(0.1)));
  const y = g.op("Conv", [x, w], { group: int(8), pads: { type: "ints", value: [3, 3, 3, 3] } });
  g.op("ReduceSum", [g.op("Mul", [y, y])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  const trained = gradient(g.build(), { loss: "loss", wrt: ["w"] });
  const largest = Math.max(...[...inferShapes(trained).values()].map((info) => sizeOf(info.shape)));
  expect(largest).toBeLessThan(3 * sizeOf(shape));
});
