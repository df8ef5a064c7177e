/** How far tensors lie from golden ones. */
import type { AnyTensor } from "../../tensor/tensor.ts";

/** The largest error of any tensor of `wanted`, relative to its largest element. @throws where one is not in `found`. */
export function worstError(
  found: ReadonlyMap<string, Pick<AnyTensor, "data">>,
  wanted: ReadonlyMap<string, AnyTensor>,
): number {
  let most = 0;
  for (const [name, { data }] of wanted) {
    if (name.endsWith("num_batches_tracked")) continue;
    const answer = found.get(name);
    if (answer?.data.length !== data.length)
      throw new Error(`'${name}' is not among the answers in its size: ${[...found.keys()].join(", ")}`);
    let [error, size] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      error = Math.max(error, Math.abs(Number(answer.data[i]) - Number(data[i])));
      size = Math.max(size, Math.abs(Number(data[i])));
    }
    most = Math.max(most, error / size);
  }
  return most;
}
