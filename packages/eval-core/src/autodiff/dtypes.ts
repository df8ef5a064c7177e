/** TensorProto.DataType's numbers, as Cast's `to` carries them, and which dtypes carry gradients. */
import { dataTypeCode, dtypeOfCode } from "../onnx/wire.ts";
import type { DType } from "../tensor/tensor.ts";

export const codeOf = (dtype: DType): number => dataTypeCode[dtype];
export const dtypeOf = (code: number): DType | undefined => dtypeOfCode.get(code);

export const isFloat = (dtype: DType): boolean => dtype.startsWith("float") || dtype === "bfloat16";
