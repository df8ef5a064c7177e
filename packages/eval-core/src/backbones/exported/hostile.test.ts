/** Graphs made to read other files, to run without end or to fill the memory: refused by a sentence, before anything runs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs/minimal.js";
import { afterAll, describe, expect, it, vi } from "vitest";
import { CheckpointError } from "../../checkpoints/errors.ts";
import { int, ints, string } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/builder.ts";
import { field } from "../../onnx/wire.ts";
import { writeModel } from "../../onnx/write.ts";
import { tensor } from "../../tensor/index.ts";
import { loadCheckpoint } from "../checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Writer = protobuf.Writer;
type Body = (writer: Writer) => void;

const message = (writer: Writer, number: number, body: Body) => {
  writer.uint32((number << 3) | 2).fork();
  body(writer);
  writer.ldelim();
};
const text = (writer: Writer, number: number, value: string) =>
  writer.uint32((number << 3) | 2).string(value);
const varint = (writer: Writer, number: number, value: number) => writer.uint32(number << 3).int64(value);

/** A float32 [4] whose numbers lie elsewhere: in a file that is named, or said to. */
const external =
  (how: "entry" | "location"): Body =>
  (w) => {
    varint(w, field.tensor.dims, 4);
    varint(w, field.tensor.dataType, 1);
    text(w, field.tensor.name, "w");
    if (how === "location") return void varint(w, field.tensor.dataLocation, 1);
    message(w, field.tensor.externalData, (entry) => {
      text(entry, field.entry.key, "location");
      text(entry, field.entry.value, "../../../../etc/passwd");
    });
  };

const identity: Body = (w) => {
  text(w, field.node.input, "x");
  text(w, field.node.output, "y");
  text(w, field.node.opType, "Identity");
};

const image: Body = (w) => {
  text(w, field.valueInfo.name, "x");
  message(w, field.valueInfo.type, (type) =>
    message(type, field.type.tensorType, (t) => {
      varint(t, field.tensorType.elementType, 1);
      message(t, field.tensorType.shape, (shape) => {
        for (const size of [1, 3, 4, 4])
          message(shape, field.shape.dimension, (dimension) =>
            varint(dimension, field.dimension.value, size),
          );
      });
    }),
  );
};

/** x to y through `more`, written field by field: what no builder would write. */
function byHand(more: Body, beside: Body = () => {}): Uint8Array {
  const w = protobuf.Writer.create();
  varint(w, field.model.irVersion, 8);
  message(w, field.model.graph, (graph) => {
    message(graph, field.graph.input, image);
    message(graph, field.graph.output, (y) => {
      text(y, field.valueInfo.name, "y");
      message(y, field.valueInfo.type, (type) =>
        message(type, field.type.tensorType, (t) => {
          varint(t, field.tensorType.elementType, 1);
          message(t, field.tensorType.shape, () => {});
        }),
      );
    });
    more(graph);
    message(graph, field.graph.node, identity);
  });
  message(w, field.model.opsetImport, (opset) => varint(opset, field.opset.version, 18));
  beside(w);
  return w.finish();
}

/** A node with an attribute of this type, whose content `body` writes. */
const node =
  (opType: string, attribute: string, type: number, body: Body): Body =>
  (graph) =>
    message(graph, field.graph.node, (w) => {
      text(w, field.node.output, "c");
      text(w, field.node.opType, opType);
      message(w, field.node.attribute, (a) => {
        text(a, field.attribute.name, attribute);
        varint(a, field.attribute.type, type);
        body(a);
      });
    });

/** By the builder: `make` from the images to the output's name. */
function built(make: (g: GraphBuilder, x: string) => string, opset = 18): Uint8Array {
  const g = new GraphBuilder("hostile", { opset });
  const y = make(g, g.input("x", "float32", ["N", 3, 8, 8]));
  g.output(y, "float32", ["N", "C"]);
  return writeModel(g.build());
}

const float = (...values: number[]) => tensor("float32", [values.length], Float32Array.from(values));

/** 12 GB by constants that are multiplied up: nothing in the file is larger than a number. */
const twelveGigabytes = (g: GraphBuilder) => {
  const thousand = g.ints([1000]);
  const million = g.op("Mul", [thousand, thousand]);
  return g.op("Concat", [g.op("Mul", [million, g.ints([3])]), thousand], { axis: int(0) });
};
const added = (g: GraphBuilder, x: string, large: string) => g.op("Add", [x, g.op("ReduceMax", [large])]);

const GRAPH = 6;
const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
  [
    "external data of an initializer",
    byHand((g) => message(g, field.graph.initializer, external("entry"))),
    /tensor 'w' keeps its data in another file/,
  ],
  [
    "external data by its location alone",
    byHand((g) => message(g, field.graph.initializer, external("location"))),
    /tensor 'w' keeps its data in another file/,
  ],
  [
    "external data of a Constant",
    byHand(node("Constant", "value", 4, (a) => message(a, field.attribute.t, external("entry")))),
    /keeps its data in another file/,
  ],
  [
    "external data of a ConstantOfShape's value",
    byHand(node("ConstantOfShape", "value", 4, (a) => message(a, field.attribute.t, external("location")))),
    /keeps its data in another file/,
  ],
  [
    "external data of a list of tensors",
    byHand(node("Constant", "values", 9, (a) => message(a, 10, external("entry")))),
    /attribute 'values' of a Constant node is a list of tensors/,
  ],
  [
    "external data of sparse values",
    byHand((g) => message(g, field.graph.sparseInitializer, (s) => message(s, 1, external("entry")))),
    /sparse initializers/,
  ],
  [
    "external data of a sparse attribute",
    byHand(
      node("Constant", "sparse_value", 11, (a) => message(a, 22, (s) => message(s, 1, external("entry")))),
    ),
    /is a sparse tensor/,
  ],
  [
    "external data within a subgraph",
    byHand(
      node("If", "then_branch", 5, (a) =>
        message(a, GRAPH, (g) => message(g, field.graph.initializer, external("entry"))),
      ),
    ),
    /attribute 'then_branch' of a If node is a subgraph/,
  ],
  [
    "external data within a function",
    byHand(
      () => {},
      (model) =>
        message(model, field.model.functions, (f) => {
          text(f, 1, "f");
          message(f, 7, (w) => {
            text(w, field.node.output, "c");
            text(w, field.node.opType, "Constant");
          });
        }),
    ),
    /functions of its own/,
  ],
  [
    "Loop",
    byHand(node("Loop", "body", 5, (a) => message(a, GRAPH, () => {}))),
    /of a Loop node is a subgraph/,
  ],
  [
    "Scan",
    byHand(node("Scan", "body", 5, (a) => message(a, GRAPH, () => {}))),
    /of a Scan node is a subgraph/,
  ],
  [
    "Loop without a body",
    built((g, x) => g.op("Loop", [x])),
    /node 0 \('Loop'\) is not among the operators.*control flow/,
  ],
  [
    "a chain of 3,000 functions",
    byHand(
      () => {},
      (model) => {
        for (let i = 0; i < 3000; i++)
          message(model, field.model.functions, (f) => {
            text(f, 1, `f${i}`);
            message(f, 7, (w) => text(w, field.node.opType, `f${i + 1}`));
          });
      },
    ),
    /functions of its own/,
  ],
  [
    "two graphs",
    byHand(
      () => {},
      (model) => message(model, field.model.graph, () => {}),
    ),
    /two graphs/,
  ],
  [
    "a constant that claims 12 GB",
    byHand((g) =>
      message(g, field.graph.initializer, (w) => {
        for (const size of [3_000_000, 1000]) varint(w, field.tensor.dims, size);
        varint(w, field.tensor.dataType, 1);
        text(w, field.tensor.name, "w");
        message(w, field.tensor.rawData, () => {});
      }),
    ),
    /tensor 'w': shape \[3000000,1000\] needs 3000000000 values, it has 0/,
  ],
  [
    "a constant of 12 GB by its shape",
    built((g, x) => added(g, x, g.op("ConstantOfShape", [twelveGigabytes(g)]))),
    /\('ConstantOfShape'\) would make a value of 3000000000 by its sizes/,
  ],
  [
    "12 GB by Expand",
    built((g, x) => added(g, x, g.op("Expand", [x, twelveGigabytes(g)]))),
    /\('Expand'\) would make/,
  ],
  [
    "12 GB by Tile",
    built((g, x) => added(g, x, g.op("Tile", [g.constant(float(1, 2)), twelveGigabytes(g)]))),
    /\('Tile'\) would make/,
  ],
  [
    "12 GB by Range",
    built((g, x) => {
      const by = g.op("Squeeze", [g.op("Mul", [g.ints([3_000_000]), g.ints([1000])])]);
      const [zero, one] = [0n, 1n].map((value) => g.constant(tensor("int64", [], BigInt64Array.of(value))));
      return added(g, x, g.op("Cast", [g.op("Range", [zero, by, one])], { to: int(1) }));
    }),
    /\('Range'\) would make 3000000000 values/,
  ],
  ["Pad", built((g, x) => g.op("Pad", [x, g.ints([0, 0, 0, 0, 0, 0, 0, 2 ** 31])])), /\('Pad'\) would make/],
  [
    "Resize",
    built((g, x) =>
      g.op("Resize", [x, undefined, g.constant(float(1, 1, 1e5, 1e5))], { mode: string("nearest") }),
    ),
    /\('Resize'\) would make/,
  ],
  [
    "Resize of opset 10",
    built((g, x) => g.op("Resize", [x, g.constant(float(1, 1, 1e5, 1e5))]), 10),
    /\('Resize'\) would make/,
  ],
  [
    "a stride written into a node",
    built((g, x) => g.op("MaxPool", [x], { pads: ints([0, 0, 0, 2 ** 31]) })),
    /pads 2147483648/,
  ],
  [
    "sizes from the image's own values",
    built((g, x) =>
      g.op("ConstantOfShape", [g.op("Cast", [g.op("Flatten", [x], { axis: int(0) })], { to: int(7) })]),
    ),
    /as much as the image's own values say/,
  ],
  [
    "sizes by a computation that is not followed",
    built((g, x) =>
      added(g, x, g.op("ConstantOfShape", [g.op("CumSum", [g.ints([2 ** 30, 2 ** 30]), g.ints([0])])])),
    ),
    /by a computation that is not followed here/,
  ],
  [
    "an operator of somebody's own",
    built((g, x) => g.op("Flatten", [x], {}, { domain: "com.evil" })),
    /operator set 'com\.evil'/,
  ],
  ["a random operator", built((g, x) => g.op("RandomNormalLike", [x])), /\(random\)/],
  ["a file that is read", built((g, x) => g.op("ImageDecoder", [x])), /'ImageDecoder'\) is not among/],
  [
    "normalisation in training mode",
    built((g, x) => g.op("BatchNormalization", [x, x, x, x, x], { training_mode: int(1) })),
    /evaluation mode/,
  ],
  [
    "50,001 nodes",
    built((g, x) => {
      let y = x;
      for (let i = 0; i <= 50_000; i++) y = g.op("Relu", [y]);
      return y;
    }),
    /50001 nodes: at most 50000/,
  ],
  ["an opset from the future", built((g, x) => g.op("Flatten", [x]), 99), /opset 99/],
  [
    "an output without images",
    built((g) => g.op("Identity", [g.constant(float(1))])),
    /does not depend on its input 'x'/,
  ],
];

describe("refused before anything runs", () => {
  it.each(cases)("%s", async (name, bytes, sentence) => {
    const path = join(folder, `${name.replace(/\W/g, "_")}.onnx`);
    writeFileSync(path, bytes);
    const trial = vi.fn();
    const error: unknown = await loadCheckpoint(path, { normalisation: "half", trial }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).toMatch(sentence);
    expect((error as Error).message).not.toMatch(/[\n\r]/);
    expect(trial).not.toHaveBeenCalled();
  });
});
