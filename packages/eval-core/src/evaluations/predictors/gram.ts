/**
 * The smaller Gram matrix of features in float64: X'X, or XX' where there are fewer rows than features. In float32 it would
 * lose what the predictors measure (alpha-ReQ is then off by a factor of three on collapsed features), so it always runs
 * on the CPU.
 */
import { type Graph, GraphBuilder, int, writeModel } from "../../onnx/index.ts";
import { openSession } from "../../runtime/index.ts";
import type { AnyTensor, Tensor } from "../../tensor/index.ts";

const ROWS_AT_ONCE = 1024;

export interface GramOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param mean subtracted from every row, in float64
 * @returns min(rows, features) squared, row-major
 */
export async function smallerGram(
  x: Tensor<"float32">,
  mean: Float64Array,
  { threads, signal }: GramOptions = {},
): Promise<Float64Array> {
  const [rows = 0, features = 0] = x.shape;
  const tall = rows >= features;
  const size = tall ? features : rows;
  await using session = await openSession(writeModel(tall ? sumGraph(features) : wideGraph(features)), {
    device: "cpu",
    ...(threads === undefined ? {} : { threads }),
  });
  const shift: AnyTensor = { dtype: "float64", shape: [features], data: mean };
  const block = (from: number, to: number): AnyTensor => ({
    dtype: "float32",
    shape: [to - from, features],
    data: x.data.subarray(from * features, to * features),
  });
  if (!tall) {
    const { gram } = await session.run({ x: block(0, rows), mean: shift });
    return gram!.data as Float64Array;
  }
  await session.state.set("sum", {
    dtype: "float64",
    shape: [size, size],
    data: new Float64Array(size * size),
  });
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    signal?.throwIfAborted();
    const feeds = { x: block(from, Math.min(rows, from + ROWS_AT_ONCE)), mean: shift };
    await session.run(feeds, [], { keep: { gram: "sum" } });
  }
  return (await session.state.read("sum")).data as Float64Array;
}

function centredBlock(graph: GraphBuilder, features: number): string {
  graph.input("x", "float32", ["rows", features]);
  graph.input("mean", "float64", [features]);
  return graph.op("Sub", [graph.op("Cast", ["x"], { to: int(11) }), "mean"]);
}

function sumGraph(features: number): Graph {
  const graph = new GraphBuilder("gram");
  const x = centredBlock(graph, features);
  graph.input("sum", "float64", [features, features]);
  graph.op("Gemm", [x, x, "sum"], { transA: int(1) }, { output: "gram" });
  graph.output("gram", "float64", [features, features]);
  return graph.build();
}

function wideGraph(features: number): Graph {
  const graph = new GraphBuilder("gram");
  const x = centredBlock(graph, features);
  graph.op("Gemm", [x, x], { transB: int(1) }, { output: "gram" });
  graph.output("gram", "float64", ["rows", "rows"]);
  return graph.build();
}
