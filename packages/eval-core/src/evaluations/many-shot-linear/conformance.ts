/**
 * The converged sweep against optima that scikit-learn found, and calibration from given logits.
 *
 * At the smallest weight decays an L-BFGS that stops early leaves an objective above its optimum: ours may lie below the
 * golden one, never more than 1e-5 above it.
 */
import {
  type ConformanceKind,
  exactly,
  finding,
  findingsOf,
  type GoldenFolder,
  relativeDifference,
} from "../../conformance/index.ts";
import { fitTemperature } from "../../metrics/index.ts";
import { calibrateLinear } from "./calibration.ts";
import { fitLinear } from "./evaluate.ts";

interface Expected {
  readonly classes: number;
  readonly sweep: readonly { weight_decay: number; objective: number; val_accuracy: number }[];
  readonly chosen_weight_decay: number;
  readonly test_accuracy: number;
  readonly test_mean_per_class: number;
  readonly ece_15_bins: number;
  readonly ece_after_temperature_5_fold: number;
  readonly temperature_on_all_test: number;
}

const splitOf = (folder: GoldenFolder, name: string) => ({
  x: folder.npyOf(`${name}_x.npy`, "float32"),
  y: folder.npy(`${name}_y.npy`),
});
/** NaN where one is NaN. */
const most = (values: readonly number[]) => Math.max(0, ...values);

export const linearConformance: ConformanceKind = {
  kind: "linear",
  title: "the 45-value sweep at its optima, test scores and calibration, against scikit-learn's",
  usesDevice: true,
  goldens: new URL("../../../golden/linear/", import.meta.url),
  async *check(folder, { device, signal }) {
    const expected = folder.json<Expected>("expected.json");
    const [train, val, test] = ["train", "val", "test"].map((name) => splitOf(folder, name));
    yield* findingsOf("sweep", "objectives", signal, async () => {
      const record = await fitLinear({
        train: train!,
        val: val!,
        test: test!,
        classes: expected.classes,
        task: "multi-class",
        metric: "accuracy",
        device,
        ...(signal ? { signal } : {}),
      });
      const { accuracy, "mean-per-class-accuracy": perClass } = record.test.allScores;
      const sample = (split: typeof val) => 100 / split!.x.shape[0]! + 1e-9;
      const above = record.sweep.map(
        (point, i) => point.objective / (expected.sweep[i]?.objective ?? Number.NaN) - 1,
      );
      const validation = record.sweep.map((point, i) =>
        Math.abs(point.validation - (expected.sweep[i]?.val_accuracy ?? Number.NaN)),
      );
      return [
        exactly("sweep", "every value converged", record.warnings.length === 0, record.warnings[0]),
        finding("sweep", "objective above the golden one, relative", most(above), 1e-5),
        finding("sweep", "objective below the golden one, relative", most(above.map((a) => -a)), 1e-3),
        finding("sweep", "validation accuracy in percent", most(validation), sample(val)),
        finding(
          "chosen weight decay",
          "relative",
          Math.abs(record.chosen / expected.chosen_weight_decay - 1),
          1e-9,
        ),
        finding(
          "test logits",
          "relative to the largest",
          relativeDifference(Float64Array.from(record.testLogits.data), folder.npy("test_logits.npy")),
          1e-3,
        ),
        finding(
          "test accuracy",
          "in percent",
          most([
            Math.abs(accuracy! - expected.test_accuracy),
            Math.abs(perClass! - expected.test_mean_per_class),
          ]),
          sample(test),
        ),
      ];
    });
    yield* findingsOf("calibration", "expected calibration error", signal, () => {
      const logits = folder.npyOf("test_logits.npy", "float32");
      const labels = folder.npyOf("test_y.npy", "int32").data;
      const record = calibrateLinear({ logits, labels, order: folder.npyOf("fold_order.npy", "int32").data });
      const temperature = fitTemperature(logits, labels).temperature;
      return [
        finding("calibration", "error in percent", Math.abs(record.ece - expected.ece_15_bins), 0.05),
        finding(
          "calibration",
          "error after temperature scaling in percent",
          Math.abs(record.eceScaled - expected.ece_after_temperature_5_fold),
          0.05,
        ),
        finding("calibration", "temperature", Math.abs(temperature - expected.temperature_on_all_test), 1e-3),
      ];
    });
  },
};
