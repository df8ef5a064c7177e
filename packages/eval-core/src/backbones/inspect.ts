/** What a person wants to know of a checkpoint, and the checkpoint in another format: the commands' substance. */
import { extname } from "node:path";
import { CheckpointError, listed } from "../checkpoints/errors.ts";
import { saveSafetensors } from "../checkpoints/formats/safetensors.ts";
import { saveModel } from "../onnx/write.ts";
import { type BackboneOptions, backboneGraph, backboneTitle } from "./backbone-graph.ts";
import { type Checkpoint, type LoadOptions, loadCheckpoint, NORMALISATION_KEY } from "./checkpoint.ts";
import { families, familyOf } from "./registry.ts";
import { CHOICES_KEY } from "./sidecar.ts";

/** Everything but the weights themselves; plain data, for --json. */
export interface Inspection extends Omit<Checkpoint, "tensors"> {
  /** Numbers in the backbone that training changes; running statistics are not among them. */
  readonly parameters: number;
}

export function inspectionOf(checkpoint: Checkpoint): Inspection {
  const { tensors, ...rest } = checkpoint;
  const { isBuffer } = familyOf(checkpoint);
  let parameters = 0;
  for (const [name, { data }] of tensors) if (!isBuffer?.(name)) parameters += data.length;
  return { ...rest, parameters };
}

/** @throws CheckpointError when the file does not load. */
export async function inspectCheckpoint(path: string, options: LoadOptions = {}): Promise<Inspection> {
  return inspectionOf(await loadCheckpoint(path, options));
}

/** The families that files are recognised as by the names of their tensors. */
export const tensorFamilies = (): string[] =>
  families.flatMap(({ namings, members }) => (namings.length > 0 ? members : []));

const formatTitle: { readonly [F in Checkpoint["format"]]: string } = {
  "torch-zip": "PyTorch (zip)",
  "torch-legacy": "PyTorch before 1.6",
  safetensors: "safetensors",
  onnx: "ONNX",
};

function readoutTitle({ slug, kind, channels, stride }: Checkpoint["readouts"][number]): string {
  return kind === "map"
    ? `${slug} [${channels}, H/${stride}, W/${stride}]`
    : `${slug} [${kind === "tokens" ? "tokens, " : ""}${channels}]`;
}

/** A few lines for a terminal; what was dropped is counted by reason. */
export function formatInspection(inspection: Inspection): string {
  const { architecture, layout, normalisation, kept, dropped } = inspection;
  const reasons = new Map<string, string[]>();
  for (const { name, why } of dropped) reasons.set(why, [...(reasons.get(why) ?? []), name]);
  const lines: [string, string][] = [
    [
      "file",
      `${inspection.file} (${inspection.bytes.toLocaleString("en")} bytes, ${formatTitle[inspection.format]})`,
    ],
    ["SHA-256", inspection.sha256],
    ["layout", `${layout.naming} names${layout.place === "" ? "" : ` under ${layout.place}`}`],
    [
      "architecture",
      `${backboneTitle(inspection)}, ${architecture.featureDimension} features, ${inspection.parameters.toLocaleString("en")} parameters`,
    ],
    ...Object.entries(inspection.choices).map(([what, { value, from }]): [string, string] => [
      what === "interpolation" ? "positions" : what,
      `${what === "interpolation" ? "resized by " : ""}${value} (${from})`,
    ]),
    [
      "input",
      `RGB, mean ${normalisation.mean.join(", ")}, deviation ${normalisation.std.join(", ")} (${inspection.normalisationFrom})`,
    ],
    ["size", `${inspection.inputSize} x ${inspection.inputSize}`],
    ["readouts", inspection.readouts.map(readoutTitle).join(", ")],
    ["kept", `${kept.length} tensors`],
    ...[...reasons].map(([why, names]): [string, string] => [
      "dropped",
      `${names.length} x ${why}: ${listed(names, 3)}`,
    ]),
    ...skippedLine(inspection),
    ...inspection.converted.map((sentence): [string, string] => ["converted", sentence]),
  ];
  return lines.map(([label, value]) => `${label.padEnd(12)}  ${value}`).join("\n");
}

/** What of the file stayed closed: nothing of it is needed for the weights, and nothing of it ran. */
function skippedLine({ skipped }: Inspection): [string, string][] {
  const names = Object.entries(skipped).map(([name, count]) =>
    count > 1 ? `${name} (${count} times)` : name,
  );
  return names.length === 0 ? [] : [["skipped", `objects of ${listed(names, 8)}`]];
}

/** What no tensor shows, as a file of ours carries it: nothing for a ResNet, which leaves nothing to choose. */
export function choicesEntry({
  family,
  choices,
}: Pick<Checkpoint, "family" | "choices">): Record<string, string> {
  const values = Object.entries(choices).map(([name, { value }]) => [name, value]);
  if (values.length === 0) return {};
  return { [CHOICES_KEY]: JSON.stringify({ family, ...Object.fromEntries(values) }) };
}

/**
 * Writes the backbone as `.onnx` (batch normalisation folded, unless told) or `.safetensors` (torchvision's names),
 * by the ending of `out`. The normalisation goes with it, so that loading the copy gives the same features.
 * @throws CheckpointError when the file does not load, or `out` ends otherwise.
 */
export async function convertCheckpoint(
  path: string,
  out: string,
  options: LoadOptions & Pick<BackboneOptions, "batchNorm"> = {},
): Promise<Inspection> {
  const ending = extname(out).toLowerCase();
  if (ending !== ".onnx" && ending !== ".safetensors") {
    throw new CheckpointError(
      `${out}: a checkpoint is converted to .onnx or .safetensors, not to '${ending}'`,
    );
  }
  const checkpoint = await loadCheckpoint(path, options);
  if (ending === ".onnx") {
    saveModel(backboneGraph(checkpoint, options.batchNorm ? { batchNorm: options.batchNorm } : {}), out);
  } else {
    saveSafetensors(checkpoint.tensors, out, {
      [NORMALISATION_KEY]: JSON.stringify(checkpoint.normalisation),
      ...choicesEntry(checkpoint),
      "transferboard.source.sha256": checkpoint.sha256,
    });
  }
  return inspectionOf(checkpoint);
}
