/**
 * A short training of the linear segmentation head as a process of its own, to be killed: prints a line a step, and at its end
 * the hash of the final weights, the values and the losses.
 *
 *     node head-run.ts linear-segmentation|linear-segmentation-cached WORK_FOLDER
 */
import { loadCheckpoint } from "../../backbones/index.ts";
import { backboneOf, openExtractor } from "../../features/index.ts";
import { PREPROCESSINGS } from "../../images/index.ts";
import { artefactStore } from "../artefacts.ts";
import { denseLinear } from "../dense-linear/index.ts";
import { runDenseLinear } from "../dense-linear/run.ts";
import type { RunContext } from "../kind.ts";
import { networkFacts, planEvaluation } from "../plan.ts";
import { noProgress } from "../progress.ts";
import { settingNamed } from "../settings.ts";
import { shippedData } from "../shipped.ts";

const [, , setting, folder] = process.argv as unknown as [string, string, string, string];
const checkpoint = await loadCheckpoint(shippedData("shapes-backbone.pth"));
const asked = settingNamed(setting, { steps: "6", side: "32" });
const options = asked.options as Parameters<typeof denseLinear.describe>[0]["options"];
const all = await denseLinear.data.open("ade-shapes", { folder: undefined, allowPartial: false }, options);
const { train, test } = all.splits;
const data = { ...all, splits: { train: train.slice(0, 6), test: test.slice(0, 2) } };
const manifest = "of six pictures";
const spec = {
  ...{ setting, data, seed: 3, skipUnreadable: false },
  options,
  network: networkFacts(checkpoint),
  preprocessing: PREPROCESSINGS["imagenet-shorter-224"],
};
const { protocol, identity } = planEvaluation({ kind: denseLinear, spec, manifest, checkpoint: "the same" });
const readouts: RunContext["readouts"] = async (slugs, request) => {
  const { dataset, preprocessing, manifest: own } = request!;
  const side = preprocessing!.crop;
  const backbone = backboneOf(checkpoint, { readouts: slugs, size: [side, side] });
  const extractor = await openExtractor(backbone, { device: "cpu", threads: 1, workers: 1 });
  try {
    return await extractor.readouts(dataset!, { preprocessing: preprocessing!, manifest: own! });
  } finally {
    await extractor.close();
  }
};
const context: RunContext = {
  ...{ checkpoint, protocol, identity, manifest, readouts, device: "cpu", threads: 1, work: folder },
  signal: new AbortController().signal,
  progress: noProgress,
  artefacts: artefactStore(folder),
  features: () => Promise.reject(new Error("the head takes maps")),
};
const { values, record } = await runDenseLinear(spec, context, {
  saveEvery: 2,
  onStep: (step) => console.log(`step ${step}`),
});
const { curves, weightsSha256 } = record.training as { curves: { loss: number[] }; weightsSha256: string };
console.log(`weights ${weightsSha256} ${values.map(({ value }) => value).join()} ${curves.loss.join()}`);
