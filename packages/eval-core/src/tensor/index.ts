export * from "./atomic-file.ts";
export * from "./half.ts";
export * from "./mt19937.ts";
export * from "./npy.ts";
export * from "./random.ts";
export { isWritten, slugOf } from "./slug.ts";
export * from "./tensor.ts";
export * from "./torch-random.ts";
export * from "./typed-array.ts";
