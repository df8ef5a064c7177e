/** A set of named tensors as a backbone: what it is, its graph, and what it wants for input. */
export * from "./backbone-graph.ts";
export {
  type Checkpoint,
  type LoadOptions,
  loadCheckpoint,
  loadTensors,
  NORMALISATION_KEY,
} from "./checkpoint.ts";
export type { Architecture, Readout } from "./family.ts";
export * from "./inspect.ts";
export * from "./normalisation.ts";
export * from "./resnet/modules.ts";
export { asResNet } from "./resnet.ts";
export { SIDECARS } from "./sidecar.ts";
