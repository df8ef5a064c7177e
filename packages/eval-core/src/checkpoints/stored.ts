/**
 * What a file format hands on: a tree of named things, some of them tensors whose data are still in the file.
 */
import type { Graph } from "../onnx/ir.ts";
import type { AnyTensor, DType } from "../tensor/tensor.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { bytesPerElement } from "../tensor/typed-array.ts";

/** A tensor that is read when asked for. Its source must still be open then. */
export class StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly load: () => AnyTensor;

  constructor(dtype: DType, shape: readonly number[], load: () => AnyTensor) {
    this.dtype = dtype;
    this.shape = shape;
    this.load = load;
  }

  get bytes(): number {
    return sizeOf(this.shape) * bytesPerElement(this.dtype);
  }
}

export type Format = "torch-zip" | "torch-legacy" | "safetensors" | "onnx";

export interface Contents {
  readonly format: Format;
  /** Nested dictionaries are Maps; tensors are StoredTensors; everything else is data of no interest. */
  readonly root: unknown;
  /** The file's own notes, where the format has them. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What had to be changed to read it, one sentence each. */
  readonly converted: readonly string[];
  /** Of a network that comes as one and is run as it is. */
  readonly graph?: Graph;
  /** Classes and functions whose objects were left closed, by how often the file names them: a scheduler, options, logs. */
  readonly closed?: ReadonlyMap<string, number>;
}
