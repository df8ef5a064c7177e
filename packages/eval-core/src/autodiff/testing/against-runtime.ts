/** A gradient graph run by onnxruntime in float32, held against the reference interpreter's float64 answers. */
import { writeModel } from "../../onnx/index.ts";
import { openSession, type Session, type SessionOptions } from "../../runtime/index.ts";
import { gradient } from "../gradient.ts";
import { fromTensor, interpret, toTensor } from "../reference/index.ts";
import type { OpCase } from "./case.ts";
import { feedsOf } from "./finite-differences.ts";

/** Float32 keeps 7 digits; the cases are sums of at most a few hundred products of numbers near 1. */
const TOLERANCE = 1e-4;

/** Runs a case's gradient graph beside `host`. @throws naming the output that differs. */
export async function checkAgainstRuntime(
  one: OpCase,
  host: Session,
  { forCpu = false, ...options }: Pick<SessionOptions, "noFallback"> & { readonly forCpu?: boolean } = {},
): Promise<void> {
  const graph = gradient(one.graph, { loss: "loss", wrt: one.by, forCpu });
  // The interpreter starts from the same float32 numbers.
  const feeds = new Map([...feedsOf(one)].map(([name, v]) => [name, toTensor(v)] as const));
  const expected = interpret(graph, new Map([...feeds].map(([name, t]) => [name, fromTensor(t)])));
  const session = await openSession(writeModel(graph), { beside: host, ...options });
  try {
    const found = await session.run(Object.fromEntries(feeds));
    for (const [name, { data, shape }] of expected) {
      const answer = found[name]!;
      if (answer.shape.join() !== shape.join())
        throw new Error(`'${name}' must be [${shape}], onnxruntime answers [${answer.shape}]`);
      const size = data.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
      for (const [i, v] of data.entries()) {
        if (!(Math.abs(Number(answer.data[i]) - v) <= TOLERANCE * size))
          throw new Error(`'${name}'[${i}] is ${v}, onnxruntime answers ${answer.data[i]}`);
      }
    }
  } finally {
    await session.close();
  }
}
