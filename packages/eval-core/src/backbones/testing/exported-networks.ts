/** Small networks as exporters write them, none of them a ResNet. */
import { float, int, ints } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/builder.ts";
import { writeModel } from "../../onnx/write.ts";
import { SeededRandom, sizeOf, type Tensor, tensor } from "../../tensor/index.ts";
import { fixed, fixedNumber } from "../layers.ts";

export function exportedNetworks(seed: number) {
  const random = new SeededRandom(seed);
  const normal = (...shape: number[]): Tensor<"float32"> =>
    tensor(
      "float32",
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * random.normal()),
    );

  /** A mobile network: depthwise convolutions, batch normalisation, squeeze and excitation, hard swish; any image. */
  function mobile(): Uint8Array {
    const g = new GraphBuilder("mobile", { opset: 14 });
    const x = g.input("pixels", "float32", ["batch", 3, "height", "width"]);
    const statistics = [1, 0, 0, 1].map((value) =>
      g.constant(tensor("float32", [8], new Float32Array(8).fill(value))),
    );
    const stem = g.op("Conv", [x, g.constant(normal(8, 3, 3, 3))], {
      strides: ints([2, 2]),
      pads: ints([1, 1, 1, 1]),
    });
    const [scale, shift, mean, variance] = statistics;
    const normed = g.op("BatchNormalization", [stem, scale, shift, mean, variance], { epsilon: float(1e-3) });
    const wide = g.op("HardSwish", [normed]);
    const deep = g.op("Conv", [wide, g.constant(normal(8, 1, 3, 3))], {
      group: int(8),
      pads: ints([1, 1, 1, 1]),
    });
    const squeezed = g.op("Conv", [g.op("GlobalAveragePool", [deep]), g.constant(normal(8, 8, 1, 1))]);
    const excited = g.op("Mul", [deep, g.op("HardSigmoid", [squeezed], { alpha: float(0.2) })]);
    g.op("Add", [excited, wide], {}, { output: "map" });
    const pooled = g.op("Flatten", [g.op("GlobalAveragePool", ["map"])]);
    g.op("Gemm", [pooled, g.constant(normal(8, 5)), g.constant(normal(5))], {}, { output: "logits" });
    g.output("logits", "float32", ["batch", 5]);
    return writeModel(g.build());
  }

  /** A transformer as exporters write it: shapes computed, weights in nodes, the norm spelt out; 16 pixels, opset 17. */
  function transformer(): Uint8Array {
    const g = new GraphBuilder("transformer", { opset: 17 });
    const x = g.input("x", "float32", ["N", 3, 16, 16]);
    const patches = g.op("Conv", [x, fixed(g, normal(12, 3, 4, 4))], { strides: ints([4, 4]) });
    const count = g.op("Unsqueeze", [
      g.op("Gather", [g.op("Shape", [patches]), g.constant(int64(0))]),
      g.ints([0]),
    ]);
    const flat = g.op("Reshape", [patches, g.op("Concat", [count, g.ints([12, -1])], { axis: int(0) })]);
    const tokens = g.op("Transpose", [flat], { perm: ints([0, 2, 1]) });
    const first = g.op("Expand", [
      fixed(g, normal(1, 1, 12)),
      g.op("Concat", [count, g.ints([1, 12])], { axis: int(0) }),
    ]);
    const all = g.op("Concat", [first, tokens], { axis: int(1) });
    const centred = g.op("Sub", [all, g.op("ReduceMean", [all], { axes: ints([-1]) })]);
    const variance = g.op("ReduceMean", [g.op("Mul", [centred, centred])], { axes: ints([-1]) });
    const normed = g.op("Div", [centred, g.op("Sqrt", [g.op("Add", [variance, fixedNumber(g, 1e-6)])])]);
    const [q, k, v] = [0, 1, 2].map(() => g.op("MatMul", [normed, fixed(g, normal(12, 12))]));
    const scores = g.op("MatMul", [q, g.op("Transpose", [k], { perm: ints([0, 2, 1]) })]);
    const attended = g.op("MatMul", [g.op("Softmax", [scores], { axis: int(-1) }), v]);
    g.op("Add", [attended, all], {}, { output: "tokens" });
    g.output("tokens", "float32", ["N", "T", 12]);
    return writeModel(g.build());
  }

  /** Windows of channels-last images, one image at a time: its batch is written into its shapes. */
  function windows(): Uint8Array {
    const g = new GraphBuilder("windows", { opset: 18 });
    const x = g.input("image", "float32", [1, 8, 8, 3]);
    const cut = g.op("Reshape", [x, g.ints([1, 2, 4, 2, 4, 3])]);
    const apart = g.op("Transpose", [cut], { perm: ints([0, 1, 3, 2, 4, 5]) });
    const tokens = g.op("Reshape", [apart, g.ints([4, 16, 3])]);
    const wide = g.op("MatMul", [tokens, g.constant(normal(3, 10))]);
    const gelu = g.op("Mul", [wide, g.op("Erf", [wide])]);
    const back = g.op("Transpose", [g.op("Reshape", [gelu, g.ints([1, 2, 2, 4, 4, 10])])], {
      perm: ints([0, 1, 3, 2, 4, 5]),
    });
    g.op("Reshape", [back, g.ints([1, 8, 8, 10])], {}, { output: "y" });
    g.output("y", "float32", [1, 8, 8, 10]);
    return writeModel(g.build());
  }

  const int64 = (value: number) => tensor("int64", [], BigInt64Array.of(BigInt(value)));

  return { normal, mobile, transformer, windows };
}
