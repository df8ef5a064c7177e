/** Exported graphs in training: the same features, the gradient of finite differences, or why not, before it begins. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { interpret, value } from "../../autodiff/index.ts";
import { checkGradient } from "../../autodiff/testing/finite-differences.ts";
import { trial } from "../../features/index.ts";
import { int, ints } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/builder.ts";
import { writeModel } from "../../onnx/write.ts";
import { SeededRandom, type Tensor, tensor } from "../../tensor/index.ts";
import { finetuneModel, requireTrainable } from "../../training/model.ts";
import { backboneGraph, trainedTensors } from "../backbone-graph.ts";
import { loadCheckpoint } from "../checkpoint.ts";
import { exportedNetworks } from "../testing/exported-networks.ts";

const folder = mkdtempSync(join(tmpdir(), "exported-training-"));
afterAll(() => rmSync(folder, { recursive: true }));
const { transformer, windows } = exportedNetworks(4);

const load = (bytes: Uint8Array) => {
  const path = join(folder, "model.onnx");
  writeFileSync(path, bytes);
  return loadCheckpoint(path, { normalisation: "half", trial });
};

it("has the features of the graph, and by every weight the gradient that finite differences have", async () => {
  const checkpoint = await load(transformer());
  const random = new SeededRandom(5);
  const images = Float64Array.from({ length: 2 * 3 * 16 * 16 }, () => random.normal());
  const own = new Map([["input", value("float32", [2, 3, 16, 16], images)]]);
  const [folded, separate] = (["folded", "separate"] as const).map(
    (batchNorm) =>
      interpret(backboneGraph(checkpoint, { batchNorm, outputs: ["features"] }), own).get("features")!,
  );
  separate!.data.forEach((found, i) => {
    expect(found).toBeCloseTo(folded!.data[i]!, 9);
  });
  const backbone = backboneGraph(checkpoint, { batchNorm: "separate", outputs: ["features"] });
  // The first token, the patches' kernel, three products; epsilon is none.
  const by = [...backbone.initializers].filter(([, { dtype }]) => dtype === "float32").map(([name]) => name);
  expect(by).toHaveLength(5);
  const g = GraphBuilder.from(
    { ...backbone, inputs: [{ ...backbone.inputs[0]!, shape: [2, 3, 16, 16] }] },
    { outputs: false },
  );
  const weights = g.constant(
    tensor(
      "float32",
      [12],
      Float32Array.from({ length: 12 }, () => random.normal()),
    ),
  );
  g.op("ReduceSum", [g.op("Mul", ["features", weights])], { keepdims: int(0) }, { output: "loss" });
  g.output("loss", "float32", []);
  const graph = g.build();
  const feeds = new Map([["input", images]]);
  for (const name of by)
    feeds.set(name, Float64Array.from(graph.initializers.get(name)!.data as Float32Array));
  const inputs = by.map((name) => ({
    name,
    dtype: "float32" as const,
    shape: graph.initializers.get(name)!.shape,
  }));
  const initializers = new Map([...graph.initializers].filter(([name]) => !by.includes(name)));
  checkGradient(
    { graph: { ...graph, inputs: [...graph.inputs, ...inputs], initializers }, feeds, by },
    { step: 1e-5 },
  );
  const trained = trainedTensors(checkpoint, backbone.initializers as ReadonlyMap<string, Tensor<"float32">>);
  expect(new Map(trained)).toEqual(new Map(checkpoint.tensors));
});

/** Images to a map by one operator. */
function through(opType: string, opset = 18): Uint8Array {
  const g = new GraphBuilder("one", { opset });
  const x = g.input("x", "float32", ["N", 3, 8, 8]);
  const w = g.constant(tensor("float32", [4, 3, 1, 1], new Float32Array(12).fill(0.5)));
  const y = g.op("Conv", [x, w], { kernel_shape: ints([1, 1]) });
  g.op("GlobalAveragePool", [g.op(opType, [y])], {}, { output: "y" });
  g.output("y", "float32", ["N", 4, 1, 1]);
  return writeModel(g.build());
}

const training = { batch: 2, size: [8, 8] } as const;

it("names every operator without a rule before it begins", async () => {
  const checkpoint = await load(through("Sinh"));
  expect(() => requireTrainable(checkpoint, training)).toThrow(
    "the network cannot be trained: there is no gradient rule for Sinh; frozen evaluations need none",
  );
  const model = { classes: 2, loss: "cross-entropy", size: [8, 8] } as const;
  expect(() => finetuneModel(checkpoint, model)).toThrow(/no gradient rule for Sinh/);
  requireTrainable(await load(through("Relu")), training);
});

it("refuses an operator set of another meaning, and one image at a time", async () => {
  const old = await load(through("Relu", 11));
  expect(() => requireTrainable(old, training)).toThrow(
    /of opset 11: to train it, export it at one of 13 to 22/,
  );
  const alone = await load(windows());
  expect(() => requireTrainable(alone, training)).toThrow(
    /one image at a time: export it with a free batch axis/,
  );
});
