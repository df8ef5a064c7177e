/** Graphs that evaluations build of the same parts as backbones: heads, the image prior, LPIPS. */
export * from "./detection/index.ts";
export * from "./dilate.ts";
export * from "./image-prior.ts";
export * from "./layers.ts";
export * from "./lpips/index.ts";
export * from "./occlusion.ts";
export * from "./on-backbone.ts";
export * from "./pixel-loss.ts";
export * from "./pspnet.ts";
export * from "./pyramid-pooling.ts";
export * from "./reconstruction.ts";
export * from "./segmentation-networks.ts";
export * from "./upernet.ts";
