/** What the extraction needs to know of a network: its graph, what goes in and what comes out. */
import type { Normalisation } from "../images/index.ts";

export interface Backbone {
  /** The ONNX file: one float32 input N x 3 x H x W, one float32 output N x featureSize. */
  readonly model: Uint8Array;
  readonly input: string;
  readonly output: string;
  readonly featureSize: number;
  /** How its inputs were normalised when it was trained. */
  readonly normalisation: Normalisation;
  /** SHA-256 over architecture and weights: two files of the same network have the same. */
  readonly hash: string;
}
