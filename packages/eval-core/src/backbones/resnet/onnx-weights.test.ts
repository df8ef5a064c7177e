/** Models that resemble a ResNet: what is taken, and what is not. PyTorch's exports are held in forms.test.ts. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../checkpoints/errors.ts";
import { memorySource } from "../../checkpoints/source.ts";
import { float, int, ints } from "../../onnx/attributes.ts";
import type { Graph, Node } from "../../onnx/ir.ts";
import { writeModel } from "../../onnx/write.ts";
import { tensor } from "../../tensor/tensor.ts";
import { backboneGraph } from "../backbone-graph.ts";
import { assemble, loadCheckpoint, readContents } from "../checkpoint.ts";

const path = fileURLToPath(new URL("../../../golden/checkpoint/forms/resnet18.pth", import.meta.url));
const original = await loadCheckpoint(path);

function load(graph: Graph) {
  const source = memorySource(writeModel(graph));
  return assemble(readContents(source), source);
}

/** The graph with some nodes changed; `change` answers the node or another in its place. */
const changed = (graph: Graph, change: (node: Node) => Node): Graph => ({
  ...graph,
  nodes: graph.nodes.map(change),
});
const withAttributes =
  (opType: string, attributes: Node["attributes"], name?: string) =>
  (node: Node): Node =>
    node.opType === opType && (name === undefined || node.name === name)
      ? { ...node, attributes: { ...node.attributes, ...attributes } }
      : node;

const separate = backboneGraph(original, { batchNorm: "separate" });
const folded = backboneGraph(original);

describe("what is taken", () => {
  it("moves another epsilon into the variance", () => {
    const { tensors } = load(
      changed(separate, withAttributes("BatchNormalization", { epsilon: float(1e-3) })),
    );
    const name = "layer3.1.bn2.running_var";
    const expected = original.tensors.get(name)!.data;
    tensors.get(name)!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]! + 1e-3 - 1e-5, 6);
    });
  });

  it("moves a bias before the normalisation into its mean", () => {
    const bias = tensor("float32", [4], Float32Array.of(1, 2, 3, 4));
    const graph = changed(separate, (node) =>
      node.name === "conv1" ? { ...node, inputs: [...node.inputs.slice(0, 2), "b"] } : node,
    );
    const { tensors } = load({ ...graph, initializers: new Map([...graph.initializers, ["b", bias]]) });
    const mean = original.tensors.get("bn1.running_mean")!.data;
    tensors.get("bn1.running_mean")!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(mean[i]! - bias.data[i]!, 6);
    });
  });

  it("follows weights through Identity and Constant nodes", () => {
    const name = "layer1.0.bn1.weight";
    const initializers = new Map(separate.initializers);
    const value = initializers.get(name)!;
    initializers.delete(name);
    const constant: Node = {
      opType: "Constant",
      inputs: [],
      outputs: ["c"],
      attributes: { value: { type: "tensor", value } },
    };
    const identity: Node = { opType: "Identity", inputs: ["c"], outputs: [name], attributes: {} };
    const { tensors } = load({ ...separate, initializers, nodes: [constant, identity, ...separate.nodes] });
    expect(tensors.get(name)).toEqual(value);
  });
});

describe("what is refused", () => {
  it.each<[string, Graph, RegExp]>([
    [
      "a stride in another place",
      changed(folded, withAttributes("Conv", { strides: ints([1, 1]) }, "layer2.0.conv1")),
      /lacks a 3x3 convolution of stride 2 after 'layer1', for layer2\.0\.conv1/,
    ],
    [
      "dilation",
      changed(folded, withAttributes("Conv", { dilations: ints([2, 2]) }, "layer4.1.conv1")),
      /for layer4\.1\.conv1/,
    ],
    [
      "groups",
      changed(folded, withAttributes("Conv", { group: int(2) }, "layer4.1.conv1")),
      /for layer4\.1\.conv1/,
    ],
    [
      "another pooling",
      changed(folded, withAttributes("MaxPool", { kernel_shape: ints([2, 2]) })),
      /lacks a 3x3 MaxPool/,
    ],
    [
      "another activation",
      changed(folded, (node) => (node.outputs[0] === "layer3.0" ? { ...node, opType: "Sigmoid" } : node)),
      /lacks a Relu after 'layer3\.0\.add'/,
    ],
    [
      "normalisation in training mode",
      changed(separate, withAttributes("BatchNormalization", { training_mode: int(1) })),
      /exported for training/,
    ],
    [
      "another operator beside",
      {
        ...folded,
        nodes: [...folded.nodes, { opType: "LSTM", inputs: ["layer1"], outputs: ["z"], attributes: {} }],
      },
      /a ResNet but for a LSTM node \('z'\)/,
    ],
    [
      "another number of convolutions",
      {
        ...folded,
        nodes: [
          ...folded.nodes,
          { opType: "Conv", inputs: ["layer1", "layer1.0.conv1.weight"], outputs: ["z"], attributes: {} },
        ],
      },
      /21 convolutions: no ResNet of depth 18, 34, 50, 101, 152 has as many/,
    ],
    ["weights as inputs", backboneGraph(original, { weights: "inputs" }), /an ONNX model/],
  ])("%s", (_, graph, message) => {
    expect(() => load(graph)).toThrow(CheckpointError);
    expect(() => load(graph)).toThrow(message);
  });
});
