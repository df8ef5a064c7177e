export * from "./backbone-graph.ts";
export { type Checkpoint, type LoadOptions, loadCheckpoint, loadTensors } from "./checkpoint.ts";
export { CheckpointError } from "./errors.ts";
export { saveSafetensors } from "./formats/safetensors.ts";
export * from "./inspect.ts";
export * from "./normalisation.ts";
export * from "./resnet.ts";
export type { Format } from "./stored.ts";
