export * from "./attributes.ts";
export * from "./builder.ts";
export * from "./errors.ts";
export * from "./inline.ts";
export * from "./ir.ts";
export * from "./read.ts";
export * from "./validate.ts";
export * from "./write.ts";
