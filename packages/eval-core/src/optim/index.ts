/** Optimisers over flat arrays: they know nothing of models. */
export * from "./lbfgs.ts";
