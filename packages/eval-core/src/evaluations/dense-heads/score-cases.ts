/** Segmentation's and normals' scores, and the loss of a classifier a pixel, against NumPy's and PyTorch's. */
import { gradient } from "../../autodiff/index.ts";
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  relativeDifference,
} from "../../conformance/index.ts";
import { SegmentationMetric } from "../../metrics/index.ts";
import { addPixelLoss } from "../../networks/index.ts";
import { GraphBuilder, writeModel } from "../../onnx/index.ts";
import { tensor } from "../../tensor/index.ts";

const ADE_CLASSES = 150;

export function* ade20kCase(folder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<{
    mean_iou_of_seen_classes: number;
    pixel_accuracy: number;
    seen_classes: number;
    intersection: readonly number[];
    union: readonly number[];
  }>("expected.json");
  const metric = new SegmentationMetric(ADE_CLASSES, -1);
  for (const image of [0, 1, 2]) {
    const levels = (name: string) =>
      Int32Array.from(folder.npy(`${name}_${image}.npy`).data as ArrayLike<number | bigint>, Number);
    const labels = levels("label").map((level) => level - 1);
    const predictions = levels("prediction");
    metric.add(predictions, labels);
  }
  const { meanIou, pixelAccuracy, iouPerClass } = metric.score();
  yield exactly(
    "ade20k",
    "intersection over union of every class",
    iouPerClass.every((iou, c) => {
      const [both, union] = [expected.intersection[c]!, expected.union[c]!];
      return union === 0 ? iou === null : iou === both / union;
    }),
  );
  yield finding("ade20k", "mean IoU", Math.abs(meanIou - expected.mean_iou_of_seen_classes), 1e-9);
  yield finding("ade20k", "pixel accuracy, percent", Math.abs(pixelAccuracy - expected.pixel_accuracy), 1e-9);
}

export async function* pixelLossCase(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const { ignore_label, loss } = folder.json<{ ignore_label: number; loss: number }>("expected.json");
  const logits = folder.npyOf("logits.npy", "float32");
  const [n, channels, height, width] = logits.shape as [number, number, number, number];
  const labels = Float32Array.from(folder.npyOf("labels.npy", "uint8").data, (label) =>
    label === ignore_label ? -1 : label,
  );
  const g = new GraphBuilder("pixel-loss");
  const value = g.input("logits", "float32", [n, channels, height, width]);
  const wanted = g.input("labels", "float32", [n, height, width]);
  const made = addPixelLoss(g, { value, channels, height, width }, wanted);
  g.output(made.loss, "float32", []);
  const model = writeModel(gradient(g.build(), { loss: made.loss, wrt: ["logits"] }));
  const found = await context.run(model, { logits, labels: tensor("float32", [n, height, width], labels) });
  yield finding("normals", "loss", Math.abs(Number(found[made.loss]!.data[0]) - loss), 1e-6);
  yield finding(
    "normals",
    "gradient by logits, relative to the largest",
    relativeDifference(found["gradient/logits"]!, folder.npy("logits_gradient.npy")),
    1e-6,
  );
}
