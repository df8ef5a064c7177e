/** What robustness runs on: a source to fit and select on, and the test sets that are scored with the same weights. */
import { createHash } from "node:crypto";
import { type Dataset, DatasetError, openDataset } from "../../datasets/index.ts";
import { computeManifestHash } from "../../datasets/manifest.ts";
import { locateDataset } from "../../datasets/open.ts";
import { readShifted, type ShiftedSet } from "../../datasets/shifted.ts";
import type { DataSource } from "../data.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { RobustnessOptions } from "./options.ts";

export interface RobustnessData extends Dataset {
  readonly tests: readonly ShiftedSet[];
}

const CLASSES = 1000;

/** ImageNet as folders by class; the test sets by --tests. */
export const robustnessData: DataSource<RobustnessData, RobustnessOptions> = {
  names: ["imagenet"],
  kindOf: (name) => ({ slug: name, task: "multi-class", metric: "accuracy", classCount: CLASSES }),
  titleOf: () => "ImageNet",
  unnamed: (folder) => (folder === undefined ? undefined : "imagenet"),
  locate: (_, folder) =>
    folder === undefined ? Promise.resolve(undefined) : locateDataset("folder", folder),
  expected: () => ({
    layout: "train/CLASS and test/CLASS (ImageNet's val), folders named as the classes",
    source: "ImageNet's ILSVRC 2012, unpacked by class",
  }),
  async open(_, { folder, allowPartial }, { tests }) {
    if (tests.length === 0) {
      throw new ProtocolError("robustness needs test sets: --tests imagenet-a=DIR,imagenet-r=DIR and so on");
    }
    const opened = await openDataset("folder", folder, { allowPartial });
    if (opened.classes.length !== CLASSES && !allowPartial) {
      throw new DatasetError(
        `${folder} has ${opened.classes.length} classes: ImageNet has ${CLASSES}; get all of it, or allow a partial dataset`,
      );
    }
    const missing =
      opened.classes.length === CLASSES
        ? opened.origin.missing
        : [`${opened.classes.length} of ${CLASSES} classes`];
    const source: Dataset = {
      ...opened,
      splits: opened.splits,
      classes: opened.classes,
      task: opened.task,
      metric: "accuracy",
      name: "imagenet",
      title: "ImageNet",
      origin: { ...opened.origin, missing },
      manifestHash: (options) => opened.manifestHash(options),
    };
    const sets: ShiftedSet[] = [];
    for (const { name, path } of tests) sets.push(await readShifted(name, path, source));
    return {
      ...source,
      tests: sets,
      manifestHash: async (options) => {
        const hash = createHash("sha256").update(await source.manifestHash(options));
        for (const set of sets) hash.update(`\n${set.name} ${await testManifest(set, source, options)}`);
        return hash.digest("hex");
      },
    };
  },
  facts: ({ classes, splits: { train, val, test } }) => ({
    slug: "imagenet",
    title: "ImageNet",
    domain: "objects",
    classCount: classes.length,
    sizes: { train: train.length, test: test.length, ...(val ? { val: val.length } : {}) },
  }),
};

/** A test set as a dataset of its own for its features, and the manifest that names it among those of the whole. */
export function testFeatures(
  set: ShiftedSet,
  source: Dataset,
  whole: string,
): { dataset: Dataset; manifest: string } {
  const manifest = `${whole} test set ${set.name}`;
  return { dataset: { ...testDataset(set, source), manifestHash: async () => manifest }, manifest };
}

function testDataset({ name, items }: ShiftedSet, source: Dataset): Omit<Dataset, "manifestHash"> {
  return {
    name,
    title: name,
    task: "multi-class",
    metric: "accuracy",
    classes: source.classes,
    splits: { train: [], test: items },
    origin: { layout: "a test set", splitRule: "all of it", missing: [] },
  };
}

async function testManifest(
  set: ShiftedSet,
  source: Dataset,
  options: Parameters<Dataset["manifestHash"]>[0],
) {
  const images = await computeManifestHash(testDataset(set, source), options);
  const about = JSON.stringify({
    mapping: set.mapping,
    answers: set.answers ?? null,
    parts: set.parts ?? null,
  });
  return createHash("sha256").update(images).update(about).digest("hex");
}
