/** Gradients held against central differences of the reference interpreter, along one random direction an input. */
import type { Graph } from "../../onnx/ir.ts";
import { gradient, gradientName } from "../gradient.ts";
import { interpret, type Value, value } from "../reference/index.ts";
import type { OpCase } from "./case.ts";

const STEP = 1e-5;
/** Central differences in float64 err by about STEP^2 times the third derivative and 1e-16/STEP: 1e-10 and 1e-11. */
const TOLERANCE = 1e-6;

export function feedsOf({ graph, feeds }: OpCase): Map<string, Value> {
  return new Map(
    graph.inputs.map(({ name, dtype, shape }) => [name, value(dtype, shape as number[], feeds.get(name)!)]),
  );
}

const lossOf = (graph: Graph, feeds: ReadonlyMap<string, Value>): number =>
  interpret(graph, feeds).get("loss")!.data[0]!;

/**
 * @param step of the differences; smaller where the function bends within it, as a norm of small values does
 * @throws with the input, the slope expected and the slope found, when a gradient is not the slope.
 */
export function checkGradient(one: OpCase, { forCpu = false, step = STEP } = {}): void {
  const feeds = feedsOf(one);
  const answers = interpret(gradient(one.graph, { loss: "loss", wrt: one.by, forCpu }), feeds);
  for (const name of one.by) {
    const x = feeds.get(name)!;
    const found = answers.get(gradientName(name))!;
    if (found.shape.join() !== x.shape.join())
      throw new Error(`the gradient by '${name}' must be [${x.shape}], found [${found.shape}]`);
    // A fixed irrational direction: no structure of the data is orthogonal to it by accident.
    const direction = x.data.map((_, i) => Math.cos(1 + 2.399963 * i));
    const moved = (by: number) =>
      lossOf(
        one.graph,
        new Map(feeds).set(
          name,
          value(
            x.dtype,
            x.shape,
            x.data.map((v, i) => v + by * direction[i]!),
          ),
        ),
      );
    const slope = (moved(step) - moved(-step)) / (2 * step);
    const answer = found.data.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    const size = 1 + found.data.reduce((sum, g) => sum + Math.abs(g), 0);
    if (!(Math.abs(slope - answer) <= TOLERANCE * size))
      throw new Error(`the gradient by '${name}' has slope ${answer}, finite differences say ${slope}`);
  }
}
