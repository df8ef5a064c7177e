/**
 * Reverse-mode differentiation of an ONNX graph: a graph with a scalar output in, a graph that also answers the
 * gradients out. Static shapes, opset 18, standard operators only.
 *
 *     gradient(graph, { loss: "loss", wrt: ["conv1.weight"], dimensions: { N: 64 } })
 *
 * The answer has the inputs of `graph`, and every tensor of `wrt` that was a weight as an input too (a runtime
 * ignores what is fed to an initializer), and the outputs of `graph` plus one gradient a name of `wrt`.
 */
import type { Graph, Node } from "../onnx/ir.ts";
import { Means } from "./cpu/means.ts";
import { appendSideBySide } from "./cpu/side-by-side.ts";
import { isFloat } from "./dtypes.ts";
import { Emitter } from "./emitter.ts";
import { fail, GraphError } from "./errors.ts";
import { decompose } from "./expansion.ts";
import { lower } from "./lowering.ts";
import { PooledConvolutions } from "./pooled-convolutions.ts";
import { GRADIENT_STOPS, gradientRules, isDifferentiable } from "./rules/index.ts";
import type { Residuals, RuleContext } from "./rules/rule.ts";
import { bindShape } from "./shapes/index.ts";

export interface GradientOptions {
  /** The scalar output to differentiate. */
  readonly loss: string;
  /** Inputs or initializers to differentiate by. */
  readonly wrt: readonly string[];
  /** Sizes of the graph's symbolic dimensions. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /**
   * Arrange the work for a CPU: small images convolved side by side, channels normalised in fewer passes. The same up to
   * rounding, of standard operators all the same.
   */
  readonly forCpu?: boolean;
}

/** What the gradient by `name` is called among the outputs. */
export const gradientName = (name: string): string => `gradient/${name}`;

interface Recorded {
  readonly node: Node;
  readonly residuals: Residuals;
}

export interface Differentiated {
  readonly emitter: Emitter;
  /** The gradient by each name of `wrt`. */
  readonly gradients: ReadonlyMap<string, string>;
}

/**
 * @throws GraphError, in one sentence, when the loss is not a scalar float, a name of `wrt` is not in the graph or
 * does not influence the loss, an operator has no rule, or shapes do not fit.
 */
export function gradient(graph: Graph, options: GradientOptions): Graph {
  const { emitter, gradients } = differentiate(graph, options);
  for (const [name, made] of gradients) {
    const output = gradientName(name);
    emitter.append({ opType: "Identity", name: output, inputs: [made], outputs: [output], attributes: {} });
  }
  const outputs = [...graph.outputs.map((o) => o.name), ...options.wrt.map(gradientName)];
  return emitter.build(outputs, graph.metadata);
}

/** The same, left open for an optimiser to be written after it. */
export function differentiate(
  graph: Graph,
  { loss, wrt, dimensions = {}, forCpu = false }: GradientOptions,
): Differentiated {
  const e = new Emitter(`${graph.name}/gradient`, namesOf(graph), forCpu ? appendSideBySide : undefined);
  for (const { name, dtype, shape } of graph.inputs) {
    if (graph.initializers.has(name) && !wrt.includes(name)) continue;
    e.input(name, { dtype, shape: bindShape(name, shape, dimensions) });
  }
  for (const [name, initializer] of graph.initializers) {
    if (e.has(name)) continue;
    if (wrt.includes(name)) e.input(name, { dtype: initializer.dtype, shape: initializer.shape });
    else e.initializer(name, initializer);
  }
  for (const name of wrt) {
    if (!e.has(name))
      throw new GraphError(`'${name}' is neither an input nor a weight of graph '${graph.name}'`);
    if (!isFloat(e.dtype(name)))
      throw new GraphError(`'${name}' is ${e.dtype(name)}: only floats have gradients`);
  }
  const tape: Recorded[] = [];
  const means = forCpu ? new Means(graph) : undefined;
  const pooled = new PooledConvolutions(graph);
  for (const original of graph.nodes) {
    for (const node of pooled.rewritten(original, e).flatMap((one) => decompose(one, e)))
      tape.push({ node, residuals: lower(node, e, means) });
  }
  checkLoss(e, loss, graph);
  return { emitter: e, gradients: walkBack(e, tape, loss, wrt) };
}

function namesOf(graph: Graph): Set<string> {
  const names = new Set([...graph.inputs.map((i) => i.name), ...graph.initializers.keys()]);
  for (const node of graph.nodes) for (const name of node.outputs) names.add(name);
  return names;
}

function checkLoss(e: Emitter, loss: string, graph: Graph): void {
  if (!e.has(loss)) throw new GraphError(`the loss '${loss}' is made by nothing in graph '${graph.name}'`);
  const { dtype, shape } = e.info(loss);
  if (e.size(loss) !== 1 || !isFloat(dtype)) {
    throw new GraphError(
      `the loss '${loss}' must be one float, found ${dtype} [${shape}]: reduce it, by ReduceMean for instance`,
    );
  }
}

/** Everything that depends on `wrt`: gradients flow through nothing else. */
function reachedFrom(e: Emitter, tape: readonly Recorded[], wrt: readonly string[]): Set<string> {
  const reached = new Set(wrt);
  for (const { node } of tape) {
    if ((GRADIENT_STOPS as readonly string[]).includes(node.opType)) continue;
    if (!node.inputs.some((name) => reached.has(name))) continue;
    for (const name of node.outputs)
      if (name !== "" && e.has(name) && isFloat(e.dtype(name))) reached.add(name);
  }
  return reached;
}

function walkBack(
  e: Emitter,
  tape: readonly Recorded[],
  loss: string,
  wrt: readonly string[],
): Map<string, string> {
  const reached = reachedFrom(e, tape, wrt);
  const flowing = new Map<string, string>();
  flowing.set(loss, e.literal(e.dtype(loss), e.shape(loss), [1]));
  for (const { node, residuals } of tape.toReversed()) {
    if (!node.outputs.some((name) => flowing.has(name))) continue;
    if (!node.inputs.some((name) => reached.has(name))) continue;
    if (!node.outputs.some((name) => reached.has(name))) continue;
    if (!isDifferentiable(node.opType)) fail(node, `operator '${node.opType}' has no gradient rule`);
    e.scope = `d(${node.outputs[0]})`;
    const gradients = gradientRules[node.opType](contextOf(e, node, residuals, flowing, reached));
    for (const [i, made] of gradients.entries()) {
      const name = node.inputs[i];
      if (made === undefined || !name || !reached.has(name)) continue;
      const own = unbroadcast(e, made, e.shape(name));
      const before = flowing.get(name);
      flowing.set(name, before === undefined ? own : e.add(before, own));
    }
    e.scope = "";
  }
  return new Map(
    wrt.map((name) => {
      const made = flowing.get(name);
      if (made === undefined)
        throw new GraphError(`'${name}' does not influence the loss '${loss}': freeze it, or leave it out`);
      return [name, made] as const;
    }),
  );
}

function contextOf(
  e: Emitter,
  node: Node,
  residuals: Residuals,
  flowing: ReadonlyMap<string, string>,
  reached: ReadonlySet<string>,
): RuleContext {
  return {
    e,
    node,
    x: (position) => node.inputs[position] ?? "",
    y: (position = 0) => node.outputs[position]!,
    dy: (position = 0) => {
      const name = node.outputs[position]!;
      const made = flowing.get(name);
      if (made) return made;
      const like = node.outputs.find((output) => flowing.has(output))!;
      if (name === "") fail(node, `its output ${position} has no name, so its gradient has no shape`);
      return e.zeros(e.shape(name), like);
    },
    reaches: (position) => flowing.has(node.outputs[position] ?? ""),
    wants: (position) => reached.has(node.inputs[position] ?? ""),
    leaves: (name) => name in residuals,
    residual: (name) => residuals[name] ?? fail(node, `nothing was saved as '${name}'`),
    numbers: (position) => {
      const name = node.inputs[position];
      if (!name) return undefined;
      const constant =
        e.constant(name) ?? fail(node, `input '${name}' must be a constant: shapes here are static`);
      return [...constant.data];
    },
  };
}

/** The one place where a gradient with a broadcast shape is summed down to the shape of what was broadcast. */
function unbroadcast(e: Emitter, made: string, shape: readonly number[]): string {
  const found = e.shape(made);
  if (found.join() === shape.join()) return made;
  const extra = found.length - shape.length;
  const stretched = found
    .map((_, axis) => axis)
    .filter((axis) => axis < extra || (shape[axis - extra] === 1 && found[axis] !== 1));
  return e.reshape(e.sum(made, stretched), shape);
}
