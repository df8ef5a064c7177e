export * from "./augment.ts";
export { type Box, cropBox, roundHalfToEven } from "./box-crop.ts";
export * from "./decode.ts";
export * from "./encode.ts";
export * from "./image.ts";
export * from "./levels.ts";
export * from "./preprocess.ts";
export { type ResizeFilter, resizeBicubic, resizeWindow } from "./resize.ts";
export * from "./to-tensor.ts";
