/**
 * The small JSON files that lie beside weights on the hubs (config.json, preprocessor_config.json,
 * open_clip_config.json): they say what keys and shapes cannot.
 */
import type { Activation, Choice } from "./choices.ts";
import type { Normalisation } from "./normalisation.ts";

export interface Sidecar {
  readonly heads?: Choice<number>;
  readonly epsilon?: Choice<number>;
  readonly activation?: Choice<Activation>;
  readonly imageSize?: Choice<number>;
  readonly normalisation?: { readonly value: Normalisation; readonly from: string };
}

export const noSidecar: Sidecar = {};
