/** Networks that evaluations put on a backbone, as functions of the graph builder. */
export * from "./dilate.ts";
export * from "./layers.ts";
export * from "./on-backbone.ts";
export * from "./pixel-loss.ts";
export * from "./pspnet.ts";
export * from "./pyramid-pooling.ts";
export * from "./segmentation-networks.ts";
export * from "./upernet.ts";
