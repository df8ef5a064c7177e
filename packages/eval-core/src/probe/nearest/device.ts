/**
 * Cosines in float32 on a device: the rows that answer are sent once, those that ask come in blocks, and of each only
 * its largest similarities come back, or all of them. What float32 cannot decide is decided in `rows.ts`.
 */
import { GraphBuilder, int, writeModel } from "../../onnx/index.ts";
import { type DeviceChoice, openSession, type Session } from "../../runtime/index.ts";
import type { AnyTensor } from "../../tensor/index.ts";

/** Similarities of a block at once: what bounds memory, 128 MB. */
const BLOCK_VALUES = 2 ** 25;
/**
 * On the CPU a product of 256 queries takes a quarter less of the processor than one of 1,024: what a thread adds to stays
 * in its cache. A graphics card wants more to do at once.
 */
const MOST_QUERIES = { cpu: 256, card: 1024 };

/**
 * How far a device's similarity may lie from the exact one: float32's rounding of unit rows and of their sum. CUDA
 * multiplies in TF32 unless told otherwise, whose mantissa has ten bits.
 */
export function similarityError(width: number, device: Session["device"]): number {
  if (device === "cuda") return 2 ** -10;
  return 2 * Math.sqrt(width) * 2 ** -24 + 1e-6;
}

export interface Largest {
  /** queries x width, descending */
  readonly similarity: Float32Array;
  readonly index: Int32Array;
  readonly width: number;
}

export interface DeviceRows extends AsyncDisposable {
  readonly error: number;
  /** How many rows may ask at a time, of so many that answer. */
  queriesAtOnce(rows: number): number;
  /** Makes these the rows that answer, unless they are already; `key` tells one set from another. */
  load(key: string, unit: () => Float32Array): Promise<void>;
  /** The `width` most similar rows of each query; queries are unit rows, count x features, and given away. */
  largest(queries: Float32Array, width: number): Promise<Largest>;
  /** Similarities of each query, given away too, with every row: count x rows. */
  all(queries: Float32Array): Promise<Float32Array>;
}

export interface DeviceRowsOptions {
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
}

export async function openDeviceRows(
  features: number,
  { device = "auto", threads }: DeviceRowsOptions = {},
): Promise<DeviceRows> {
  const sessions: Session[] = [];
  const host = await openSession(writeModel(graphOf(features, true)), {
    device,
    ...(threads === undefined ? {} : { threads }),
  });
  sessions.push(host);
  const most = MOST_QUERIES[host.device === "cpu" ? "cpu" : "card"];
  let loaded: string | undefined;
  let whole: Promise<Session> | undefined;
  const block = (queries: Float32Array): AnyTensor => ({
    dtype: "float32",
    shape: [queries.length / features, features],
    data: queries,
  });
  return {
    error: similarityError(features, host.device),
    queriesAtOnce: (rows) => Math.max(1, Math.min(most, Math.floor(BLOCK_VALUES / Math.max(1, rows)))),
    load: async (key, unit) => {
      if (key === loaded) return;
      await host.state.set("rows", block(unit()), { give: true });
      loaded = key;
    },
    largest: async (queries, width) => {
      const k: AnyTensor = { dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(width)) };
      const { similarity, index } = await host.run({ queries: block(queries), k }, undefined, { give: true });
      return { similarity: similarity!.data as Float32Array, index: index!.data as Int32Array, width };
    },
    all: async (queries) => {
      whole ??= openSession(writeModel(graphOf(features, false)), { beside: host }).then((session) => {
        sessions.push(session);
        return session;
      });
      const { all } = await (await whole).run({ queries: block(queries) }, undefined, { give: true });
      return all!.data as Float32Array;
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions.reverse()) await session.close();
    },
  };
}

function graphOf(features: number, few: boolean) {
  const graph = new GraphBuilder(few ? "nearest" : "similarities");
  graph.input("rows", "float32", ["count", features]);
  graph.input("queries", "float32", ["queries", features]);
  const all = graph.op("Gemm", ["queries", "rows"], { transB: int(1) }, { output: "all" });
  if (!few) {
    graph.output("all", "float32", ["queries", "count"]);
    return graph.build();
  }
  graph.input("k", "int64", [1]);
  const [, index] = graph.ops("TopK", [all, "k"], ["similarity", undefined], { axis: int(1) });
  graph.op("Cast", [index], { to: int(6) }, { output: "index" });
  graph.output("similarity", "float32", ["queries", "width"]);
  graph.output("index", "int32", ["queries", "width"]);
  return graph.build();
}
