/** Files of weights as named tensors, whatever the network: .pth, .safetensors. */
export { CheckpointError } from "./errors.ts";
export { readSafetensorsMetadata, saveSafetensors } from "./formats/safetensors.ts";
export type { Format } from "./stored.ts";
