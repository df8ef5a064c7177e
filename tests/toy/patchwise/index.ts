/** A family of backbones as a newcomer would write it: each patch through one layer and a ReLU, and their mean. */
import {
  type Architecture,
  defineFamily,
  type Family,
  type Readout,
} from "../../../packages/eval-core/src/backbones/family.ts";
import { faultsOf } from "../../../packages/eval-core/src/backbones/fits.ts";
import { halfNormalisation } from "../../../packages/eval-core/src/backbones/normalisation.ts";
import { CheckpointError } from "../../../packages/eval-core/src/checkpoints/errors.ts";
import { ints } from "../../../packages/eval-core/src/onnx/attributes.ts";

interface PatchwiseArchitecture extends Architecture {
  /** Pixels a side. */
  readonly patch: number;
}

const NAMES = ["patchwise.weight", "patchwise.bias"];

const readouts = ({ featureDimension, patch }: PatchwiseArchitecture): Readout[] => [
  { slug: "pooled", kind: "vector", channels: featureDimension },
  { slug: "patches", kind: "map", channels: featureDimension, stride: patch },
];

const family: Family<PatchwiseArchitecture> = {
  name: "patchwise",
  members: ["patchwise"],
  namings: [
    {
      name: "plain",
      anchor: /^(.*)patchwise\.weight$/,
      fewest: 1,
      translate: (name) => (NAMES.includes(name) ? name : undefined),
    },
  ],
  recognise({ tensors }) {
    const [features = 0, , patch = 0] = tensors.get("patchwise.weight")?.shape ?? [];
    const expected = new Map([
      ["patchwise.weight", [features, 3, patch, patch]],
      ["patchwise.bias", [features]],
    ]);
    const faults = faultsOf(tensors, expected);
    if (faults) throw new CheckpointError(`is no patchwise network: ${faults}`);
    return {
      family: "patchwise",
      architecture: { name: "patchwise", featureDimension: features, patch },
      normalisation: { value: halfNormalisation, from: "the family's" },
      inputSize: 8,
      choices: {},
    };
  },
  readouts,
  fixedSize: false,
  weights: (_, tensors) => tensors,
  build(g, { featureDimension, patch }, input, outputs) {
    const square = ints([patch, patch]);
    const convolved = g.op("Conv", [input, ...NAMES], { kernel_shape: square, strides: square });
    g.op("Relu", [convolved], {}, { output: "patches" });
    const pooled = g.op("Flatten", [g.op("GlobalAveragePool", ["patches"])]);
    for (const output of ["features", "pooled"]) {
      if (outputs.includes(output)) g.op("Identity", [pooled], {}, { output });
    }
    return new Map<string, (number | string)[]>([
      ["features", [featureDimension]],
      ["pooled", [featureDimension]],
      ["patches", [featureDimension, "patches_H", "patches_W"]],
    ]);
  },
  title: ({ patch }) => `Patchwise, ${patch} pixels`,
  recordedAs: ({ patch }) => `patchwise, ${patch} pixels`,
};

export const patchwise = defineFamily(family);
