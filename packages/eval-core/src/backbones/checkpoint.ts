/**
 * The public face: a file of weights as a checkpoint, with its hash, its architecture, and the account of what was
 * kept, dropped and converted.
 */
import { basename, dirname } from "node:path";
import { CheckpointError } from "../checkpoints/errors.ts";
import { detectFormat } from "../checkpoints/formats/detect.ts";
import { readSafetensors } from "../checkpoints/formats/safetensors.ts";
import { readTorchLegacy } from "../checkpoints/formats/torch-legacy.ts";
import { readTorchZip } from "../checkpoints/formats/torch-zip.ts";
import type { Source } from "../checkpoints/source.ts";
import type { Contents, Format } from "../checkpoints/stored.ts";
import type { Graph } from "../onnx/ir.ts";
import { toFloat32 } from "../tensor/half.ts";
import type { AnyTensor, Tensor } from "../tensor/tensor.ts";
import type { Choice } from "./choices.ts";
import { EXPORTED } from "./exported/family.ts";
import { exportedReadouts } from "./exported/network.ts";
import { type ExportedOptions, examineExported, openExported } from "./exported/open.ts";
import type { Architecture, Dropped, Readout, RecogniseOptions } from "./family.ts";
import { type FindOptions, findBackbone, type Kept, tensorDictionaries } from "./find-backbone.ts";
import {
  type Normalisation,
  type NormalisationName,
  namedNormalisations,
  parseNormalisation,
} from "./normalisation.ts";
import { readOnnxWeights } from "./onnx-weights.ts";
import { noSidecar, ownEntries, readSidecar, type Sidecar } from "./sidecar.ts";
import { locateWeights, openWeights } from "./weights-files.ts";

export interface Checkpoint {
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  /** The file's name, without its folders. */
  readonly file: string;
  readonly bytes: number;
  readonly format: Format;
  /** Where in the file the backbone was, and how its tensors were named there. */
  readonly layout: { readonly place: string; readonly naming: string };
  /** "resnet", "vit", "dinov2": whose conventions hold. */
  readonly family: string;
  readonly architecture: Architecture;
  /** What can be read out of it, the default first. */
  readonly readouts: readonly Readout[];
  /** Pixels a side that it was made for. */
  readonly inputSize: number;
  /** How its images were made, where a file beside it says so. */
  readonly native?: { readonly cropFraction?: number; readonly filter?: "bicubic" | "bilinear" };
  readonly normalisation: Normalisation;
  /** Where the normalisation was taken from, in words. */
  readonly normalisationFrom: string;
  /** What changes the network and is not in its tensors, each with where it was taken from. */
  readonly choices: Readonly<Record<string, Choice>>;
  readonly kept: readonly { readonly name: string; readonly from: string }[];
  readonly dropped: readonly Dropped[];
  /** What was changed on the way, one sentence each. */
  readonly converted: readonly string[];
  /** Classes and functions whose objects lie beside the weights and were left closed, and how often the file names each. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Every tensor of the backbone under its family's names, float32. */
  readonly tensors: ReadonlyMap<string, Tensor<"float32">>;
  /** Of a network that came as a graph: all of it but `tensors`. */
  readonly graph?: Graph;
}

export interface LoadOptions extends FindOptions, RecogniseOptions, ExportedOptions {
  /** How the backbone wants its input; ImageNet's, or what the file or its layout says, unless told. */
  readonly normalisation?: NormalisationName | Normalisation;
}

/** In a .safetensors or .onnx file of ours, the entry that carries the normalisation as JSON. */
export const NORMALISATION_KEY = "transferboard.normalisation";

/** A tensor that takes more than this times the file's size is damaged, or made to fill the memory. */
const MOST_EXPANSION = 64;

/**
 * Loads a backbone from .pth, .pt, .pth.tar, .safetensors or .onnx, from shards by their index, or from a folder as the
 * hubs lay it out. Nothing in a file is ever executed.
 * @throws CheckpointError with one sentence that begins with the path.
 */
export async function loadCheckpoint(path: string, options: LoadOptions = {}): Promise<Checkpoint> {
  return naming(path, async () => {
    const file = locateWeights(path);
    const asGraph = options.inputName !== undefined || options.output !== undefined;
    const opened = openWeights(file, (source) => readContents(source, asGraph));
    try {
      const sidecar = { ...readSidecar(dirname(file)), ...ownEntries(opened.contents.metadata) };
      const { contents } = opened;
      const checkpoint = contents.graph
        ? await assembleGraph({ ...contents, graph: contents.graph }, options, sidecar)
        : assemble(contents, opened, options, sidecar, basename(file));
      return { sha256: await opened.sha256(), file: basename(file), bytes: opened.size, ...checkpoint };
    } finally {
      opened.close();
    }
  });
}

/**
 * Any file of named tensors, of whatever model, by name; nested dictionaries' names are joined by "/".
 * @param wanted picks the tensors to read; then there may be none.
 * @throws CheckpointError as `loadCheckpoint`.
 */
export async function loadTensors(
  path: string,
  wanted?: (name: string) => boolean,
): Promise<Map<string, AnyTensor>> {
  return naming(path, async () => {
    const opened = openWeights(path, (source) => readContents(source));
    try {
      const tensors = new Map<string, AnyTensor>();
      let bytes = 0;
      for (const { path: nest, tensors: ownTensors } of tensorDictionaries(opened.contents.root)) {
        for (const [own, stored] of ownTensors) {
          const name = [...nest, own].join("/");
          if (wanted?.(name) === false) continue;
          bytes += stored.bytes;
          checkExpansion(bytes, opened);
          tensors.set(name, stored.load());
        }
      }
      if (tensors.size === 0 && wanted === undefined) throw new CheckpointError("holds no tensors by name");
      return tensors;
    } finally {
      opened.close();
    }
  });
}

/** Begins every error with the path. */
async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof CheckpointError ? new CheckpointError(`${path}: ${error.message}`) : error;
  }
}

/**
 * The tree of a file, tensors not yet read.
 * @param asGraph take an .onnx file for the graph that it is, not for the weights of a network
 */
export function readContents(source: Source, asGraph = false): Contents {
  const format = detectFormat(source);
  switch (format) {
    case "torch-zip":
      return readTorchZip(source);
    case "torch-legacy":
      return readTorchLegacy(source);
    case "safetensors":
      return readSafetensors(source);
    case "onnx":
      return readOnnxWeights(source, asGraph);
  }
}

/** All of a checkpoint that follows from the file's content, and from what lies beside it. */
export function assemble(
  contents: Contents,
  source: Pick<Source, "size">,
  options: LoadOptions = {},
  sidecar: Sidecar = noSidecar,
  fileName = "",
): Omit<Checkpoint, "sha256" | "file" | "bytes"> {
  if (contents.graph !== undefined) throw new CheckpointError(contents.converted.join("; "));
  const { place, family, naming, kept, dropped, beside, file } = findBackbone(contents.root, options);
  const named = new Map(kept.map(({ name, tensor }) => [name, tensor]));
  if (named.size !== kept.length) throw new CheckpointError("holds two tensors for one part of the backbone");
  const found = { naming, tensors: named, beside, file, fileName };
  const recognised = family.recognise(found, options, sidecar);
  const { architecture, inputSize, choices } = recognised;
  checkExpansion(
    kept.reduce((sum, { tensor }) => sum + tensor.bytes, 0),
    source,
  );
  const tensors = new Map(kept.map((entry) => [entry.name, loadWeight(entry)]));
  const normalisation =
    chooseNormalisation(options, contents) ?? sidecar.normalisation ?? recognised.normalisation;
  return {
    format: contents.format,
    layout: { place, naming: recognised.naming ?? naming.name },
    family: recognised.family,
    architecture,
    readouts: family.readouts(architecture),
    inputSize,
    ...nativeOf(sidecar),
    normalisation: normalisation.value,
    normalisationFrom: normalisation.from,
    choices,
    kept: kept.map(({ name, from }) => ({ name, from })),
    dropped,
    skipped: Object.fromEntries(contents.closed ?? []),
    converted: [
      ...readBeside(sidecar),
      ...contents.converted,
      ...(naming.converted ? [naming.converted] : []),
      ...conversions(kept),
    ],
    tensors: family.convert?.(architecture, tensors) ?? tensors,
  };
}

/** The same of a network that is run as the graph that it came as. */
async function assembleGraph(
  contents: Contents & { readonly graph: Graph },
  options: LoadOptions,
  sidecar: Sidecar,
): Promise<Omit<Checkpoint, "sha256" | "file" | "bytes">> {
  const examined = examineExported(contents.graph, options, sidecar.imageSize);
  const normalisation = chooseNormalisation(options, contents) ?? sidecar.normalisation;
  if (normalisation === undefined) {
    throw new CheckpointError(
      `${contents.converted.join("; ")}. Nothing says how it wants its inputs: say with --normalisation (${Object.keys(namedNormalisations).join(", ")}), or put its preprocessor_config.json beside it`,
    );
  }
  const { architecture, inputSize, choices, tensors, graph, converted } = await openExported(
    examined,
    options,
  );
  return {
    format: contents.format,
    layout: { place: "", naming: "graph" },
    family: EXPORTED,
    architecture,
    readouts: exportedReadouts(architecture),
    inputSize,
    ...nativeOf(sidecar),
    normalisation: normalisation.value,
    normalisationFrom: normalisation.from,
    choices,
    kept: [...tensors.keys(), ...graph.initializers.keys()].map((name) => ({ name, from: name })),
    dropped: [...contents.graph.initializers.keys()]
      .filter((name) => !tensors.has(name) && !graph.initializers.has(name))
      .map((name) => ({ name, why: "not read by the output" })),
    skipped: {},
    converted: [...readBeside(sidecar), ...contents.converted, ...converted],
    tensors,
    graph,
  };
}

const readBeside = ({ files }: Sidecar): string[] =>
  files.length > 0 ? [`read beside it: ${files.join(", ")}`] : [];

function nativeOf({ cropFraction, filter }: Sidecar): Pick<Checkpoint, "native"> {
  if (cropFraction === undefined && filter === undefined) return {};
  return {
    native: {
      ...(cropFraction ? { cropFraction: cropFraction.value } : {}),
      ...(filter ? { filter: filter.value } : {}),
    },
  };
}

function checkExpansion(bytes: number, source: Pick<Source, "size">): void {
  if (bytes > source.size * MOST_EXPANSION) {
    throw new CheckpointError(
      `its tensors claim ${bytes} bytes, the file has ${source.size}: damaged, or made to fill the memory`,
    );
  }
}

function loadWeight({ name, from, tensor: stored }: Kept): Tensor<"float32"> {
  if (!stored.dtype.includes("float")) {
    throw new CheckpointError(`tensor ${from} is of ${stored.dtype}: weights are floating-point numbers`);
  }
  const weight = toFloat32(stored.load());
  const isVariance = name.endsWith(".running_var");
  for (const value of weight.data) {
    if (!Number.isFinite(value) || (isVariance && value < 0)) {
      throw new CheckpointError(`tensor ${from} holds ${value}: the weights are damaged`);
    }
  }
  return weight;
}

function conversions(kept: readonly Kept[]): string[] {
  const counts = new Map<string, number>();
  for (const { tensor } of kept) {
    if (tensor.dtype !== "float32") counts.set(tensor.dtype, (counts.get(tensor.dtype) ?? 0) + 1);
  }
  return [...counts].map(([dtype, count]) => `${count} tensors from ${dtype} to float32`);
}

/** What was asked for, then what the file itself says. */
function chooseNormalisation(
  { normalisation }: LoadOptions,
  contents: Contents,
): { value: Normalisation; from: string } | undefined {
  if (typeof normalisation === "string")
    return { value: namedNormalisations[normalisation], from: "--normalisation" };
  if (normalisation !== undefined) return { value: parseNormalisation(normalisation), from: "as told" };
  const written = contents.metadata[NORMALISATION_KEY];
  if (written === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(written);
  } catch {
    throw new CheckpointError(`its entry ${NORMALISATION_KEY} is not JSON`);
  }
  return { value: parseNormalisation(parsed), from: "the file's own entry" };
}
