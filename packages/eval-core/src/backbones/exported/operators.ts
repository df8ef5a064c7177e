/**
 * The operators that an exported graph may hold: standard ones that compute numbers from numbers, always the same ones,
 * and answer a shape that follows from shapes. No control flow (Loop, If, Scan), nothing random, no sequences, strings or
 * files, and none whose output is as long as the data say (NonZero, Unique, NonMaxSuppression).
 */
import type { Node } from "../../onnx/ir.ts";

const OPERATORS = new Set(
  `Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization BitShift Cast CastLike Ceil
  Celu Clip Concat Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear Div
  Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu
  Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HardSigmoid
  HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu Less LessOrEqual Log
  LogSoftmax LpNormalization LpPool MatMul MatMulInteger Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg
  Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
  ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round
  ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split
  Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor`.split(
    /\s+/,
  ),
);

const REASONS: Readonly<Record<string, string>> = {
  Loop: "control flow",
  If: "control flow",
  Scan: "control flow",
};

/** Why a node may not run; undefined when it may. */
export function objectionTo({ opType, domain = "", inputs, attributes }: Node): string | undefined {
  if (domain !== "") return `is of the operator set '${domain}': only ONNX's own operators are run`;
  if (!OPERATORS.has(opType)) {
    const why = REASONS[opType] ?? (/^Random|Bernoulli|Multinomial/.test(opType) ? "random" : "not listed");
    return `is not among the operators that are run here (${why})`;
  }
  const training = attributes.training_mode;
  if (opType === "BatchNormalization" && training?.type === "int" && training.value !== 0)
    return "normalises by the batch's own statistics: export the network in evaluation mode";
  if (opType === "Dropout" && inputs[2]) return "may drop at random: export the network in evaluation mode";
  return undefined;
}
