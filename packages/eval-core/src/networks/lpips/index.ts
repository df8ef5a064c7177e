/** The perceptual distance LPIPS: its networks as graphs, and their published weights. */
export * from "./graph.ts";
export * from "./trunks.ts";
