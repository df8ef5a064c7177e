/** TensorProto.DataType's numbers, as Cast's `to` carries them, and which dtypes carry gradients. */
import { dataTypeCode, dtypeOfCode } from "../onnx/wire.ts";
import type { DType } from "../tensor/tensor.ts";

export const codeOf = (dtype: DType): number => dataTypeCode[dtype];
export const dtypeOf = (code: number): DType | undefined => dtypeOfCode.get(code);

export const isFloat = (dtype: DType): boolean => dtype.startsWith("float") || dtype === "bfloat16";

/** Below every number that a network makes; an infinity would not survive WebGPU's shaders. */
export const lowestOf = (dtype: DType): number => (dtype === "float16" ? -65504 : -3.4028234e38);
