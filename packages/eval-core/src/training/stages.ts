/**
 * Cuts the graph of a training step where TypeScript computes in the middle of it.
 *
 * Some inputs are known only after other values of the same graph: a detector's sampled boxes after its proposals. Given
 * which inputs come when, each node runs in the last stage that still serves all who read it, so that what only the
 * gradients need is made when they are, and few values have to be kept between stages.
 */
import { GraphError, inferShapes } from "../autodiff/index.ts";
import type { Graph, Node, ValueInfo } from "../onnx/index.ts";

export interface Cut {
  /** Values that must be known before it. */
  readonly reads: readonly string[];
  /** Inputs that are known only after it. */
  readonly supplies: readonly string[];
}

export interface Stage {
  readonly graph: Graph;
  /** The values of this stage that later ones read. */
  readonly crossing: readonly string[];
  /** Which outputs of the whole graph it answers. */
  readonly outputs: readonly string[];
  /** The values that the cut after it reads. */
  readonly reads: readonly string[];
}

/**
 * @param cuts in their order; stage i runs before cut i, and the last stage after all of them.
 * @param replaced inputs that an output replaces when it is kept, output to input: it is made in no stage before the
 * last that reads the input or the output.
 * @throws GraphError when a cut reads what depends on itself or on a later one, or supplies what is no input
 */
export function cutIntoStages(
  graph: Graph,
  cuts: readonly Cut[],
  replaced: Readonly<Record<string, string>> = {},
): Stage[] {
  const earliest = earliestStages(graph, cuts);
  const last = cuts.length;
  const outputNames = graph.outputs.map((output) => output.name);
  for (const [i, { reads }] of cuts.entries()) {
    for (const name of reads) {
      const stage = earliest.get(name);
      if (stage === undefined)
        throw new GraphError(
          `'${name}' is read between the stages, but nothing in graph '${graph.name}' makes it`,
        );
      if (stage > i)
        throw new GraphError(
          `'${name}' is read between stages ${i} and ${i + 1}, but is known only in stage ${stage}`,
        );
    }
  }
  // An output that replaces an input waits until nobody reads the input any more, and whoever reads the output waits with it:
  // kept under the input's name, it cannot cross to a later stage under its own.
  const wanted = new Map(outputNames.map((name) => [name, earliest.get(name) ?? 0]));
  let stages = assign(graph, earliest, wanted, cuts);
  for (let waits = true; waits; ) {
    const readLast = lastReaders(graph, stages);
    waits = false;
    for (const [output, input] of Object.entries(replaced)) {
      const stage = Math.max(readLast.get(input) ?? 0, readLast.get(output) ?? 0);
      if (stage <= wanted.get(output)!) continue;
      wanted.set(output, stage);
      waits = true;
    }
    if (waits) stages = assign(graph, earliest, wanted, cuts);
  }
  const infos = last > 0 ? inferShapes(graph) : new Map<string, ValueInfo>();
  return Array.from({ length: last + 1 }, (_, stage) =>
    stageGraph(graph, stage, stages, wanted, cuts[stage]?.reads ?? [], (name) => {
      const info = infos.get(name);
      if (!info) throw new GraphError(`'${name}' has no shape that is known before the run`);
      return { name, dtype: info.dtype, shape: info.shape };
    }),
  );
}

/** The first stage in which each value can be known. */
function earliestStages(graph: Graph, cuts: readonly Cut[]): Map<string, number> {
  const earliest = new Map<string, number>();
  for (const name of graph.initializers.keys()) earliest.set(name, 0);
  for (const { name } of graph.inputs) earliest.set(name, 0);
  for (const [i, { supplies }] of cuts.entries()) {
    for (const name of supplies) {
      if (!graph.inputs.some((input) => input.name === name))
        throw new GraphError(
          `'${name}' is supplied between the stages, but is no input of graph '${graph.name}'`,
        );
      earliest.set(name, i + 1);
    }
  }
  for (const node of graph.nodes) {
    let stage = 0;
    for (const name of node.inputs) stage = Math.max(stage, earliest.get(name) ?? 0);
    for (const name of node.outputs) earliest.set(name, stage);
  }
  return earliest;
}

/** The last stage in which a node reads each value. */
function lastReaders(graph: Graph, stages: readonly number[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const [i, node] of graph.nodes.entries())
    for (const name of node.inputs) last.set(name, Math.max(last.get(name) ?? 0, stages[i]!));
  return last;
}

/** The stage of every node: the last that still serves its readers, the cuts and the outputs. */
function assign(
  graph: Graph,
  earliest: ReadonlyMap<string, number>,
  outputs: ReadonlyMap<string, number>,
  cuts: readonly Cut[],
): number[] {
  const needed = new Map<string, number>();
  const need = (name: string, stage: number) =>
    needed.set(name, Math.min(needed.get(name) ?? Number.POSITIVE_INFINITY, stage));
  for (const [name, stage] of outputs) need(name, stage);
  for (const [i, { reads }] of cuts.entries()) for (const name of reads) need(name, i);
  const stages = new Array<number>(graph.nodes.length);
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    let stage = cuts.length;
    for (const name of node.outputs) stage = Math.min(stage, needed.get(name) ?? cuts.length);
    const first = Math.max(0, ...node.outputs.map((name) => earliest.get(name) ?? 0));
    stages[i] = Math.max(stage, first);
    for (const name of node.inputs) need(name, stages[i]!);
  }
  return stages;
}

function stageGraph(
  graph: Graph,
  stage: number,
  stages: readonly number[],
  outputStage: ReadonlyMap<string, number>,
  reads: readonly string[],
  describe: (name: string) => ValueInfo,
): Stage {
  const own: Node[] = graph.nodes.filter((_, i) => stages[i] === stage);
  const made = new Set(own.flatMap((node) => node.outputs));
  const used = new Set(own.flatMap((node) => node.inputs));
  const crossing = new Set<string>();
  for (const [i, node] of graph.nodes.entries()) {
    if (stages[i]! <= stage) continue;
    for (const name of node.inputs) if (made.has(name)) crossing.add(name);
  }
  const outputs = graph.outputs.filter(({ name }) => outputStage.get(name) === stage && made.has(name));
  // An output that an earlier stage made as a value crosses to its own stage in vain: it is answered where it is made.
  const early = graph.outputs.filter(
    ({ name }) => made.has(name) && outputStage.get(name) !== stage && !crossing.has(name),
  );
  const answered = [...outputs, ...early];
  const extra = [...crossing, ...reads].filter(
    (name, i, all) => made.has(name) && all.indexOf(name) === i && !answered.some((one) => one.name === name),
  );
  const known = new Set([...graph.initializers.keys(), ...graph.inputs.map((input) => input.name)]);
  const arriving = [...used].filter((name) => name !== "" && !known.has(name) && !made.has(name));
  const inputs = [...graph.inputs.filter(({ name }) => used.has(name)), ...arriving.map(describe)];
  const initializers = new Map([...graph.initializers].filter(([name]) => used.has(name)));
  return {
    graph: {
      ...graph,
      name: `${graph.name}/stage${stage}`,
      nodes: own,
      inputs,
      outputs: [...answered, ...extra.map(describe)],
      initializers,
    },
    crossing: [...crossing],
    outputs: answered.map((output) => output.name),
    reads: [...reads],
  };
}
