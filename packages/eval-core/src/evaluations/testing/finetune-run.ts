/**
 * A short fine-tuning run as a process of its own, to be killed: prints a line a step, and at its end the hash of the
 * final weights.
 *
 *     node finetune-run.ts WORK_FOLDER
 */
import { fileURLToPath } from "node:url";
import { loadCheckpoint } from "../../backbones/index.ts";
import { openDataset } from "../../datasets/index.ts";
import { shorterSide } from "../../images/index.ts";
import { finetune } from "../many-shot-finetune/evaluate.ts";
import { gridNamed } from "../many-shot-finetune/protocol.ts";

const weights = fileURLToPath(new URL("../../../golden/finetune/initial.pth", import.meta.url));
const checkpoint = await loadCheckpoint(weights, { prefix: "0.", ignore: ["1."], anyDepth: true });
const digits = await openDataset("digits");
const { train, test } = digits.splits;
const record = await finetune({
  checkpoint,
  dataset: { ...digits, splits: { train: train.slice(0, 60), test: test.slice(0, 20) } },
  preprocessing: shorterSide(32),
  protocol: { steps: 8, batch: 8, grid: gridNamed("0.01/0,1e-4/random-resized-crop") },
  device: "cpu",
  workDir: process.argv[2]!,
  saveEvery: 2,
  onProgress: (progress) => {
    if (progress.phase === "search" || progress.phase === "refit")
      console.log(`step ${progress.configuration}/${progress.step}`);
  },
});
console.log(
  `weights ${record.refit.weightsSha256} loss ${record.refit.losses.at(-1)} test ${record.test.score}`,
);
