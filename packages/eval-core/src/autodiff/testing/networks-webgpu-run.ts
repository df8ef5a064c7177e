/**
 * The golden networks on WebGPU, in a process of its own, for a driver is found by the environment that a process
 * starts with. Prints a line of JSON a network: how far its gradients lie from PyTorch's.
 *
 *     node networks-webgpu-run.ts [network ...]
 */
import { writeModel } from "../../onnx/index.ts";
import { openSession } from "../../runtime/index.ts";
import { loadNetwork, type Network, networks } from "./networks.ts";
import { worstError } from "./worst-error.ts";

const asked = process.argv.slice(2) as Network[];
for (const network of asked.length > 0 ? asked : networks) {
  const { graph, feeds, expected } = await loadNetwork(network);
  // Labels and indices are int64 as PyTorch exports them, which WebGPU has no kernels for: those nodes run on the CPU.
  const session = await openSession(writeModel(graph), { device: "webgpu" });
  const found = await session.run(feeds);
  console.log(JSON.stringify({ network, error: worstError(new Map(Object.entries(found)), expected) }));
  await session.close();
}
