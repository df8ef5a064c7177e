/** Arrays of features that someone else made, in a folder of .npy files. Where they come from is not known. */
import { NpyError, narrowed, readNpy, type Tensor } from "../tensor/index.ts";

/** It is part of the fingerprint that they were given. */
export const GIVEN_ORIGIN = { features: "given" } as const;

/** The dataset's name in the measures. */
export const GIVEN_DATASET = "given";

/** samples x features in float32; float64 is narrowed. @throws NpyError on another shape or type */
export function readFeatures(path: string): Tensor<"float32"> {
  const array = narrowed(readNpy(path));
  if (array.shape.length !== 2) {
    throw new NpyError(`${path} has shape [${array.shape}]: expected [samples, features]`);
  }
  if (array.dtype === "float32") return array;
  throw new NpyError(`${path} holds ${array.dtype}: expected float32 or float64`);
}
