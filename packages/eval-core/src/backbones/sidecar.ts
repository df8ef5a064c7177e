/**
 * The small JSON files that lie beside weights on the hubs (config.json, preprocessor_config.json,
 * open_clip_config.json): they say what keys and shapes cannot. Nothing but the fields named here is looked at.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError } from "../checkpoints/errors.ts";
import { JsonFileError, jsonOfFile } from "../tensor/index.ts";
import type { Activation, Choice, Interpolation } from "./choices.ts";
import { type Normalisation, parseNormalisation } from "./normalisation.ts";

/** Their names: they lie in the folder of the weights. */
export const SIDECARS = {
  config: "config.json",
  preprocessor: "preprocessor_config.json",
  openClip: "open_clip_config.json",
} as const;

/** In a .safetensors file of ours, the entry that carries what no tensor shows. */
export const CHOICES_KEY = "transferboard.choices";

export interface Sidecar {
  /** The family, where a file of ours says it: its own names do not show it. */
  readonly family?: Choice<string>;
  readonly interpolation?: Choice<Interpolation>;
  readonly heads?: Choice<number>;
  readonly epsilon?: Choice<number>;
  /** Of the last norm alone, where that has another one. */
  readonly lastEpsilon?: Choice<number>;
  readonly activation?: Choice<Activation>;
  readonly imageSize?: Choice<number>;
  readonly normalisation?: { readonly value: Normalisation; readonly from: string };
  /** How much of the resized image the crop takes, and by which filter it was resized. */
  readonly cropFraction?: Choice<number>;
  readonly filter?: Choice<"bicubic" | "bilinear">;
  /** The files that were read, for the account. */
  readonly files: readonly string[];
}

export const noSidecar: Sidecar = { files: [] };

/** A configuration of a model takes kilobytes. */
const LARGEST = 2 ** 22;

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readJson(folder: string, file: string): Json | undefined {
  const path = join(folder, file);
  if (!existsSync(path)) return undefined;
  if (statSync(path).size > LARGEST) throw new CheckpointError(`${file} beside it has over ${LARGEST} bytes`);
  let value: unknown;
  try {
    value = jsonOfFile(readFileSync(path), `${file} beside it`);
  } catch (error) {
    if (!(error instanceof JsonFileError)) throw error;
    throw new CheckpointError(`${error.message}; mend it, or take it away`);
  }
  if (isJson(value)) return value;
  throw new CheckpointError(`${file} beside it is no JSON object: mend it, or take it away`);
}

/** @throws CheckpointError naming a file, or a field of it, that makes no sense */
export function readSidecar(folder: string): Sidecar {
  const config = readJson(folder, SIDECARS.config);
  const preprocessor = readJson(folder, SIDECARS.preprocessor);
  const openClip = readJson(folder, SIDECARS.openClip);
  const parts = [
    ...(openClip ? [fromOpenClip(openClip)] : []),
    ...(preprocessor ? [fromPreprocessor(preprocessor)] : []),
    ...(config ? [fromConfig(config)] : []),
  ];
  const merged: Record<string, unknown> = {};
  // The first to say something is believed: the more particular file comes first.
  for (const part of parts) for (const [key, value] of Object.entries(part)) merged[key] ??= value;
  const files = parts.flatMap((part) => part.files);
  return { ...(merged as Omit<Sidecar, "files">), files };
}

/** What a file of ours says of itself. @throws CheckpointError where it makes no sense */
export function ownEntries(metadata: Readonly<Record<string, string>>): Partial<Sidecar> {
  const written = metadata[CHOICES_KEY];
  if (written === undefined) return {};
  let values: unknown;
  try {
    values = JSON.parse(written);
  } catch {
    throw new CheckpointError(`its entry ${CHOICES_KEY} is not JSON`);
  }
  if (!isJson(values)) throw new CheckpointError(`its entry ${CHOICES_KEY} is no JSON object`);
  const from = "the file's own entry";
  const oneOf = <T extends string>(value: unknown, known: readonly T[]): Choice<T> | undefined =>
    known.includes(value as T) ? { value: value as T, from } : undefined;
  const own = {
    family: typeof values.family === "string" ? { value: values.family, from } : undefined,
    heads: chosen(positive(values.heads, `heads of ${CHOICES_KEY}`), from),
    epsilon: chosen(positive(values.epsilon, `epsilon of ${CHOICES_KEY}`, false), from),
    lastEpsilon: chosen(positive(values.lastEpsilon, `lastEpsilon of ${CHOICES_KEY}`, false), from),
    activation: oneOf<Activation>(values.activation, ["gelu", "gelu-tanh", "quick-gelu"]),
    interpolation: oneOf<Interpolation>(values.interpolation, ["size", "offset", "antialias"]),
  };
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

const positive = (value: unknown, where: string, whole = true): number | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value > 0 && (!whole || Number.isInteger(value))) return value;
  throw new CheckpointError(`${where} beside it is ${JSON.stringify(value)}: expected a positive number`);
};

const chosen = <T extends string | number>(value: T | undefined, from: string): Choice<T> | undefined =>
  value === undefined ? undefined : { value, from };

/** Leaves out what was not said. */
const said = (part: Record<string, unknown>, file: string): Sidecar => {
  const known = Object.entries(part).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), files: known.length > 0 ? [file] : [] };
};

const activations: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  quick_gelu: "quick-gelu",
  gelu_pytorch_tanh: "gelu-tanh",
  gelu_new: "gelu-tanh",
  gelu_fast: "gelu-tanh",
};

/** transformers' configuration, or timm's, by what is in it. */
function fromConfig(config: Json): Sidecar {
  const file = SIDECARS.config;
  if (isJson(config.pretrained_cfg) || typeof config.architecture === "string") {
    return fromTimm(isJson(config.pretrained_cfg) ? config.pretrained_cfg : config, file);
  }
  const vision = isJson(config.vision_config) ? config.vision_config : config;
  const act = vision.hidden_act;
  const activation = typeof act === "string" ? activations[act] : undefined;
  if (typeof act === "string" && activation === undefined && act !== "silu" && act !== "relu") {
    throw new CheckpointError(
      `hidden_act of ${file} beside it is '${act}': known are ${Object.keys(activations).join(", ")}`,
    );
  }
  const heads = positive(vision.num_attention_heads, `num_attention_heads of ${file}`);
  return said(
    {
      heads: chosen(heads, file),
      epsilon: chosen(positive(vision.layer_norm_eps, `layer_norm_eps of ${file}`, false), file),
      activation: chosen(activation, file),
      imageSize: typeof vision.image_size === "number" ? chosen(vision.image_size, file) : undefined,
    },
    file,
  );
}

function fromTimm(config: Json, file: string): Sidecar {
  const { mean, std, input_size: size, crop_pct: crop, interpolation } = config;
  const side = Array.isArray(size) ? size[1] : undefined;
  return said(
    {
      normalisation: normalisation(mean, std, file),
      imageSize: chosen(positive(side, `input_size of ${file}`), file),
      cropFraction: chosen(positive(crop, `crop_pct of ${file}`, false), file),
      filter:
        interpolation === "bicubic" || interpolation === "bilinear" ? chosen(interpolation, file) : undefined,
    },
    file,
  );
}

/** PIL's filters by number, as transformers writes them. */
const resamples: Readonly<Record<number, "bicubic" | "bilinear">> = { 2: "bilinear", 3: "bicubic" };

function fromPreprocessor(config: Json): Sidecar {
  const file = SIDECARS.preprocessor;
  const { image_mean: mean, image_std: std, size, crop_size: crop, resample } = config;
  const sideOf = (value: unknown) =>
    typeof value === "number" ? value : isJson(value) ? (value.height ?? value.shortest_edge) : undefined;
  const resized = positive(sideOf(size), `size of ${file}`);
  const cropped = positive(sideOf(crop), `crop_size of ${file}`);
  return said(
    {
      normalisation: normalisation(mean, std, file),
      imageSize: chosen(cropped ?? resized, file),
      cropFraction: cropped && resized ? chosen(Math.min(1, cropped / resized), file) : undefined,
      filter: typeof resample === "number" ? chosen(resamples[resample], file) : undefined,
    },
    file,
  );
}

function fromOpenClip(config: Json): Sidecar {
  const file = SIDECARS.openClip;
  const model = isJson(config.model_cfg) ? config.model_cfg : config;
  const vision = isJson(model.vision_cfg) ? model.vision_cfg : {};
  const preprocess = isJson(config.preprocess_cfg) ? config.preprocess_cfg : {};
  const width = positive(vision.width, `width of ${file}`);
  const headWidth = positive(vision.head_width, `head_width of ${file}`);
  const heads = width && headWidth ? width / headWidth : undefined;
  const side = vision.image_size;
  return said(
    {
      heads: chosen(heads, file),
      // open_clip runs erf GELU unless it is told otherwise; of a timm tower it says nothing.
      activation:
        typeof vision.timm_model_name === "string"
          ? undefined
          : chosen<Activation>(model.quick_gelu === true ? "quick-gelu" : "gelu", file),
      imageSize: typeof side === "number" ? chosen(side, file) : undefined,
      normalisation: normalisation(preprocess.mean, preprocess.std, file),
      filter:
        preprocess.interpolation === "bicubic" || preprocess.interpolation === "bilinear"
          ? chosen(preprocess.interpolation, file)
          : undefined,
    },
    file,
  );
}

function normalisation(mean: unknown, std: unknown, file: string): Sidecar["normalisation"] {
  if (mean === undefined || std === undefined) return undefined;
  try {
    return { value: parseNormalisation({ mean, std }), from: file };
  } catch (error) {
    throw new CheckpointError(`${file} beside it: ${(error as Error).message}`);
  }
}
