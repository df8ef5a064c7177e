/** Optimisers over flat arrays: they know nothing of models. */

export * from "./adam.ts";
export * from "./lbfgs.ts";
export * from "./optimizer.ts";
export * from "./schedules.ts";
export * from "./sgd.ts";
export * from "./training-step.ts";
