/** An exported graph as a backbone: what is told of it, what can be read out of its output, and its nodes in another graph. */
import { CheckpointError } from "../../checkpoints/errors.ts";
import { int, ints } from "../../onnx/attributes.ts";
import type { GraphBuilder } from "../../onnx/builder.ts";
import { inlineGraph } from "../../onnx/inline.ts";
import type { Graph } from "../../onnx/ir.ts";
import { dataTypeCode } from "../../onnx/wire.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { Architecture, GraphForm, Readout, Weights } from "../family.ts";
import { fixed } from "../layers.ts";
import { forTraining } from "./for-training.ts";

/**
 * What the chosen output is, behind the images' axis. vector: [C], and whatever has one axis beside others of 1;
 * tokens: [T, C]; map: [C, H, W]; map-last: [H, W, C].
 */
export type OutputKind = "vector" | "tokens" | "map" | "map-last";

export interface ExportedArchitecture extends Architecture {
  readonly name: "onnx-graph";
  /** SHA-256 of the graph without its weights' values: two trainings of one exported network share it. */
  readonly graph: string;
  readonly nodes: number;
  readonly opset: number;
  readonly input: {
    readonly name: string;
    readonly dtype: "float32" | "float16";
    /** [N, H, W, 3] in place of [N, 3, H, W]. */
    readonly channelsLast: boolean;
    /** Images that it takes at once; null for any number. */
    readonly batch: 1 | null;
    /** Pixels, where the graph is of one size; null for any. */
    readonly height: number | null;
    readonly width: number | null;
  };
  readonly output: {
    readonly name: string;
    readonly kind: OutputKind;
    /** Behind the images' axis, at the size that the checkpoint is evaluated at. */
    readonly shape: readonly number[];
    /** Pixels a place of a map; null where that is no whole number, or no map. */
    readonly stride: number | null;
  };
}

/** Of the graph's own values, in the graph that it is built into. */
const PREFIX = "graph/";
/** The output as it is, where it is no vector. */
const WHOLE = "output";

/** @throws CheckpointError for what is neither vector, tokens nor square map */
export function kindOf(name: string, shape: readonly number[]): OutputKind {
  if (shape.length >= 1 && shape.filter((size) => size !== 1).length <= 1) return "vector";
  if (shape.length === 2) return "tokens";
  if (shape.length === 3) {
    const [a, b, c] = shape as [number, number, number];
    if (b === c && a !== b) return "map";
    if (a === b && b !== c) return "map-last";
  }
  throw new CheckpointError(
    `its output '${name}' is [N, ${shape.join(", ")}] for a square image: expected a vector [N, C], tokens [N, T, C], or a square map [N, C, H, W] or [N, H, W, C] whose channels can be told; name another by --output`,
  );
}

export function exportedReadouts({ output, featureDimension: channels }: ExportedArchitecture): Readout[] {
  switch (output.kind) {
    case "vector":
      return [{ slug: "vector", kind: "vector", channels }];
    case "tokens":
      return [
        { slug: "token-mean", kind: "vector", channels },
        { slug: "token-first", kind: "vector", channels },
        { slug: WHOLE, kind: "tokens", channels, prefix: 0 },
      ];
    default:
      return [
        { slug: "map-mean", kind: "vector", channels },
        ...(output.stride === null
          ? []
          : [{ slug: WHOLE, kind: "map", channels, stride: output.stride } as const]),
      ];
  }
}

/** Its weights under the names that they have in the graph that is built. */
export const exportedWeights = (tensors: Weights): Weights =>
  new Map([...tensors].map(([name, value]) => [PREFIX + name, value]));

export const fromExportedWeights = (weights: Weights, tensors: Weights): Weights =>
  new Map([...tensors].map(([name, value]) => [name, weights.get(PREFIX + name) ?? value]));

/** [N, 3, H, W] in float32 as the graph takes its images. */
export function asItsInput(
  g: GraphBuilder,
  image: string,
  { channelsLast, dtype }: Pick<ExportedArchitecture["input"], "channelsLast" | "dtype">,
): string {
  const turned = channelsLast ? g.op("Transpose", [image], { perm: ints([0, 2, 3, 1]) }) : image;
  return dtype === "float32" ? turned : g.op("Cast", [turned], { to: int(dataTypeCode[dtype]) });
}

/** @param graph the exported one, without the initializers that are `tensors` */
export function buildExported(
  g: GraphBuilder,
  architecture: ExportedArchitecture,
  image: string,
  outputs: readonly string[],
  { size, training }: GraphForm,
  tensors: Weights,
  graph: Graph,
): ReadonlyMap<string, readonly (number | string)[]> {
  const { input, output, featureDimension: channels } = architecture;
  requireSize(architecture, size);
  const x = asItsInput(g, image, input);
  const inlined = training ? withScalarsFixed(g, forTraining(graph, architecture)) : { graph, given: {} };
  const weights = Object.fromEntries([...tensors.keys()].map((name) => [name, PREFIX + name]));
  const made = inlineGraph(g, inlined.graph, { [input.name]: x, ...weights, ...inlined.given }, PREFIX);
  const y = g.op("Cast", [made.get(output.name)!], { to: int(dataTypeCode.float32) });
  const shapes = new Map<string, readonly (number | string)[]>();
  const standard = exportedReadouts(architecture)[0]!.slug;
  for (const slug of outputs) {
    const vector = readOut(g, y, slug === "features" ? standard : slug, architecture);
    if (vector === undefined) continue;
    g.op("Identity", [vector], {}, { output: slug });
    shapes.set(slug, slug === WHOLE ? wholeShape(architecture) : [channels]);
  }
  return shapes;
}

function wholeShape({ output, featureDimension }: ExportedArchitecture): (number | string)[] {
  if (output.kind === "tokens") return ["output_T", featureDimension];
  return [featureDimension, "output_H", "output_W"];
}

/** The value of a readout, by operators that mean the same in every opset; undefined for one that it has not. */
function readOut(
  g: GraphBuilder,
  y: string,
  slug: string,
  { output: { kind }, opset }: ExportedArchitecture,
): string | undefined {
  const flat = (value: string) => g.op("Flatten", [value], { axis: int(1) });
  const mean = (channelsFirst: string) => flat(g.op("GlobalAveragePool", [channelsFirst]));
  const turned = (perm: number[]) => g.op("Transpose", [y], { perm: ints(perm) });
  const map = () => (kind === "map-last" ? turned([0, 3, 1, 2]) : y);
  switch (`${kind} ${slug}`) {
    case "vector vector":
      return flat(y);
    case "tokens token-mean":
      return mean(turned([0, 2, 1]));
    case "tokens token-first":
      return flat(
        opset < 10
          ? g.op("Slice", [y], { axes: ints([1]), starts: ints([0]), ends: ints([1]) })
          : g.op("Slice", [y, g.ints([0]), g.ints([1]), g.ints([1])]),
      );
    case "tokens output":
      return y;
    case "map map-mean":
    case "map-last map-mean":
      return mean(map());
    case "map output":
    case "map-last output":
      return map();
    default:
      return undefined;
  }
}

function requireSize({ input }: ExportedArchitecture, [height, width]: GraphForm["size"]): void {
  const fits = (own: number | null, asked: number) => own === null || own === asked;
  if (fits(input.height, height) && fits(input.width, width)) return;
  const axis = (size: number | null) => size ?? "any";
  throw new CheckpointError(
    `the graph takes images of ${axis(input.height)} x ${axis(input.width)} pixels, it was asked for ${height} x ${width}: leave --preprocessing out, or export it for that size`,
  );
}

/** Single numbers (an epsilon, a scale) are no weights: nodes, for every float initializer is trained. */
function withScalarsFixed(g: GraphBuilder, graph: Graph): { graph: Graph; given: Record<string, string> } {
  const given: Record<string, string> = {};
  const initializers = new Map(graph.initializers);
  for (const [name, { dtype, shape, data }] of graph.initializers) {
    if (dtype !== "float32") continue;
    given[name] = fixed(g, tensor("float32", shape, data as Float32Array));
    initializers.delete(name);
  }
  return { graph: { ...graph, initializers }, given };
}
