/** Differentiating ONNX graphs: static shapes, a float64 reference, gradients, and training steps. */

export { Emitter } from "./emitter.ts";
export { GraphError } from "./errors.ts";
export { differentiate, type GradientOptions, gradient, gradientName } from "./gradient.ts";
export {
  binaryCrossEntropy,
  type LossOptions,
  linearHead,
  softmaxCrossEntropy,
  type WithLoss,
} from "./losses.ts";
export { prune } from "./prune.ts";
export { fromTensor, interpret, toTensor, type Value, value } from "./reference/index.ts";
export { isTrainable } from "./rules/index.ts";
export { type Info, inferShapes } from "./shapes/index.ts";
export { nextName, type ToTrainingOptions, type TrainingGraph, toTraining } from "./to-training.ts";
