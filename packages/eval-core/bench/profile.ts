/**
 * The whole profile from cached features of 20,000 images, part by part: what it costs beside its most expensive part.
 *
 *     node packages/eval-core/bench/profile.ts [--images 20000] [--features 768] [--classes 100]
 *
 * Four fifths of the images are for training, the rest for the test; the features are those of the other benches.
 */
import { parseArgs } from "node:util";
import { PROFILE } from "../src/cli/profile/plan.ts";
import { type Dataset, makeItem } from "../src/datasets/index.ts";
import { artefactStore } from "../src/evaluations/artefacts.ts";
import type { RunContext } from "../src/evaluations/kind.ts";
import { planEvaluation, RESNET_FACTS } from "../src/evaluations/plan.ts";
import { noProgress } from "../src/evaluations/progress.ts";
import { settingNamed } from "../src/evaluations/settings.ts";
import { PREPROCESSINGS } from "../src/images/index.ts";
import { makeSplits } from "./linear-data.ts";

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "20000" },
    features: { type: "string", default: "768" },
    classes: { type: "string", default: "100" },
  },
});
const [images, featureSize, classes] = [values.images, values.features, values.classes].map(Number) as [
  number,
  number,
  number,
];
const sizes = { train: Math.round(0.8 * images), val: 1, test: Math.round(0.2 * images) };
const made = makeSplits(sizes, featureSize, classes);
const itemsOf = (split: "train" | "test") =>
  Array.from(made[split].y.data, (label, i) => makeItem(`${split}/${i}`, label, { kind: "file", path: "" }));
const splits = { train: itemsOf("train"), test: itemsOf("test") };
const data: Dataset = {
  name: "digits",
  title: "Made",
  task: "multi-class",
  metric: "accuracy",
  classes: Array.from({ length: classes }, (_, c) => `class-${c}`),
  splits,
  origin: { layout: "", splitRule: "", missing: [] },
  manifestHash: async () => "",
};
const x = new Float32Array(images * featureSize);
x.set(made.train.x.data);
x.set(made.test.x.data, made.train.x.data.length);
const features = {
  featureSize,
  x,
  rowOf: new Map([...splits.train, ...splits.test].map((item, i) => [item, i])),
  unreadable: [],
};

const times: { readonly name: string; readonly seconds: number; readonly cpu: number }[] = [];
for (const name of PROFILE) {
  const { kind, options } = settingNamed(name);
  if (!kind.data.names.includes("digits")) continue;
  const spec = {
    ...{ setting: name, options, data, network: RESNET_FACTS, seed: 0, skipUnreadable: false },
    preprocessing: PREPROCESSINGS["imagenet-shorter-224"],
  };
  const { protocol, identity } = planEvaluation({ kind, spec, manifest: "made", checkpoint: "made" });
  const context = {
    ...{ protocol, identity, manifest: "made", device: "cpu", threads: undefined, work: undefined },
    checkpoint: undefined as unknown as RunContext["checkpoint"],
    signal: new AbortController().signal,
    progress: noProgress,
    artefacts: artefactStore("/nowhere"),
    features: async () => features,
    readouts: () => Promise.reject(new Error("the profile's probes take features")),
  } satisfies RunContext;
  const began = performance.now();
  const cpuBegan = process.cpuUsage();
  const { values: found } = await kind.run(spec, context);
  const { user, system } = process.cpuUsage(cpuBegan);
  times.push({ name, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 });
  const { seconds, cpu } = times.at(-1)!;
  const [first] = found;
  console.log(
    `profile: ${name.padEnd(28)} ${seconds.toFixed(1).padStart(7)} s, ${cpu.toFixed(1)} s of processors; ${first?.measure.split("/")[2]} ${first?.value.toFixed(2)}`,
  );
}
const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
const dearest = times.reduce((most, time) => (time.seconds > most.seconds ? time : most));
console.log(
  `profile: ${images} images x ${featureSize}: ${total.toFixed(1)} s in all, ${(total / dearest.seconds).toFixed(2)} times its most expensive part (${dearest.name}); the aim is 1.2`,
);
