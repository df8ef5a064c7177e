/** Small checkpoints of every family, as their authors and the hubs write them: what each is, and its readouts. */
import {
  type ConformanceContext,
  type ConformanceKind,
  exactly,
  type Finding,
  finding,
  findingsOf,
  type GoldenFolder,
  relativeDifference,
} from "../../conformance/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { narrowed } from "../../tensor/index.ts";
import { backboneGraph } from "../backbone-graph.ts";
import { type Checkpoint, type LoadOptions, loadCheckpoint } from "../checkpoint.ts";
import type { NormalisationName } from "../normalisation.ts";

interface Expected {
  readonly file: string;
  readonly family: string;
  readonly naming: string;
  readonly place: string;
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly options_needed: {
    readonly heads?: number;
    readonly eps?: number;
    readonly interpolation?: "size" | "offset" | "antialias";
    readonly normalisation?: NormalisationName;
    readonly anyDepth?: boolean;
  };
  readonly architecture: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  /** By readout: its files, one an input. */
  readonly features: Readonly<Record<string, readonly string[]>>;
  readonly kept: number;
  readonly dropped: readonly string[];
  readonly agree_to: number;
  readonly fails?: boolean;
  readonly message_names?: readonly string[];
}

/** The golden's name of a fact, and ours. */
const facts: Readonly<Record<string, string>> = {
  width: "width",
  depth: "depth",
  heads: "heads",
  patch: "patch",
  hidden: "hidden",
  mlp: "mlp",
  eps: "epsilon",
  cls: "classToken",
  dist: "distillationToken",
  reg: "registers",
  patch_bias: "patchBias",
  pre_norm: "preNorm",
  qkv_bias: "qkvBias",
  ls: "layerScale",
  norm: "norm",
  fc_norm: "fcNorm",
  rope: "rotation",
  map: "attentionPool",
  project: "projection",
  depths: "depths",
  dims: "widths",
  grn: "responseNorm",
  scale: "layerScale",
  head_eps: "lastEpsilon",
};

function optionsOf({ options_needed: needed }: Expected): LoadOptions {
  const { heads, eps, interpolation, normalisation, anyDepth } = needed;
  return {
    ...(heads === undefined ? {} : { heads }),
    ...(eps === undefined ? {} : { epsilon: eps }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(normalisation === undefined ? {} : { normalisation }),
    ...(anyDepth === undefined ? {} : { anyDepth }),
  };
}

async function refusal(name: string, folder: GoldenFolder, expected: Expected): Promise<Finding> {
  const what = "refused, naming the fault";
  try {
    await loadCheckpoint(folder.file(expected.file));
    return exactly(name, what, false, "it loads");
  } catch (error) {
    const { message } = error as Error;
    const lacking = (expected.message_names ?? []).filter((word) => !message.includes(word));
    return exactly(name, what, lacking.length === 0, `the sentence lacks ${lacking.join(", ")}: ${message}`);
  }
}

function account(name: string, checkpoint: Checkpoint, expected: Expected): Finding[] {
  const is = (what: string, found: unknown, wanted: unknown): Finding => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    return exactly(name, what, a === b, `found ${a}, expected ${b}`);
  };
  const dropped = checkpoint.dropped.map((entry) => entry.name).sort();
  const ours = checkpoint.architecture as unknown as Readonly<Record<string, unknown>>;
  const told = Object.entries(expected.architecture).filter(([fact]) => facts[fact] !== undefined);
  return [
    is(
      "family, naming and place",
      [checkpoint.family, checkpoint.layout.naming, checkpoint.layout.place],
      [expected.family, expected.naming, expected.place],
    ),
    is(
      "architecture",
      told.map(([fact]) => [fact, ours[facts[fact]!]]),
      told,
    ),
    is("normalisation", checkpoint.normalisation, {
      mean: expected.normalisation.mean,
      std: expected.normalisation.std,
    }),
    is(
      "tensors kept and dropped",
      [checkpoint.kept.length, dropped],
      [expected.kept, [...expected.dropped].sort()],
    ),
  ];
}

async function* readouts(
  name: string,
  folder: GoldenFolder,
  checkpoint: Checkpoint,
  expected: Expected,
  { run }: ConformanceContext,
): AsyncGenerator<Finding> {
  for (const file of expected.inputs) {
    const input = narrowed(folder.npy(file));
    const [, , height = 0, width = 0] = input.shape;
    const ending = file.slice("input".length);
    const slugs = Object.keys(expected.features).filter((slug) =>
      expected.features[slug]!.includes(`${slug}${ending}`),
    );
    const graph = backboneGraph(checkpoint, { outputs: slugs, size: [height, width] });
    const answer = await run(writeModel(graph), { input }, slugs);
    for (const slug of slugs) {
      const golden = folder.npy(`${slug}${ending}`);
      yield finding(
        name,
        `${slug} at ${height} x ${width}, relative to the largest`,
        relativeDifference(answer[slug]!, golden),
        expected.agree_to,
      );
    }
  }
}

export const backbonesConformance: ConformanceKind = {
  kind: "backbones",
  title: "readouts of checkpoints of every family, and what each was taken for, against PyTorch's",
  usesDevice: true,
  goldens: new URL("../../../golden/backbones/", import.meta.url),
  async *check(folder, context) {
    const { cases } = folder.json<{ cases: readonly { case: string }[] }>("cases.json");
    for (const { case: name } of cases) {
      yield* findingsOf(name, "loading", context.signal, async function* () {
        const within = folder.folder(name);
        const expected = within.json<Expected>("expected.json");
        if (expected.fails) {
          yield await refusal(name, within, expected);
          return;
        }
        const checkpoint = await loadCheckpoint(within.file(expected.file), optionsOf(expected));
        yield* account(name, checkpoint, expected);
        yield* readouts(name, within, checkpoint, expected, context);
      });
    }
  },
};
