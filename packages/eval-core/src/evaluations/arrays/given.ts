/** Arrays of features that someone else made, in a folder of .npy files. Where they come from is not known. */
import {
  type AnyTensor,
  anyTensor,
  NpyError,
  narrowed,
  readNpy,
  type Tensor,
  toFloat32,
} from "../../tensor/index.ts";

/** It is part of the fingerprint that they were given. */
export const GIVEN_ORIGIN = { features: "given" } as const;

/** The dataset's name in the measures. */
export const GIVEN_DATASET = "given";

/** samples x features in float32; float64 is narrowed, float16 widened. @throws NpyError on another shape or type */
export function readFeatures(path: string): Tensor<"float32"> {
  const read = readNpy(path);
  const array = read.dtype === "float16" ? toFloat32(read) : narrowed(read);
  if (array.shape.length !== 2) {
    throw new NpyError(`${path} has shape [${array.shape}]: expected [samples, features]`);
  }
  if (array.dtype === "float32") return array;
  throw new NpyError(`${path} holds ${array.dtype}: expected float32, float64 or float16`);
}

/** Labels of shape [n], or of one column [n, 1], which data frames give for class numbers; other shapes as they are. */
export function readLabels(path: string): { readonly y: AnyTensor; readonly wasColumn: boolean } {
  const y = readNpy(path);
  const [rows = 0, columns] = y.shape;
  const wasColumn = y.shape.length === 2 && columns === 1;
  return { y: wasColumn ? anyTensor(y.dtype, [rows], y.data) : y, wasColumn };
}
