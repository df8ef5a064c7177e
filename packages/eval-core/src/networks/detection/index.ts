/** Faster R-CNN with a feature pyramid, in the pieces that graphs can be. */
export * from "./box-head.ts";
export * from "./detector.ts";
export * from "./frozen-batch-norm.ts";
export * from "./losses.ts";
export * from "./rpn-head.ts";
