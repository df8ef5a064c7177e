/** Detection as values, record and pictures. */
import type { VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import { decodeRgb } from "../../images/index.ts";
import type { VocDetection } from "../../metrics/index.ts";
import type { DenseOptions } from "../dense/options.ts";
import type { RunResult, TestPredictions } from "../evaluation.ts";
import type { RunContext, Spec } from "../kind.ts";
import { encodeRgb } from "../pixel-labels/pictures.ts";
import { duration } from "../progress.ts";
import { evaluateDetection } from "./evaluate.ts";
import { continuous } from "./inputs.ts";
import { drawBoxes } from "./pictures.ts";
import { type DetectionSetting, detectionSchedule } from "./settings.ts";

/** Test images that are shown, and how sure a detection must be to be drawn. */
const SHOWN_IMAGES = 6;
const SHOWN_SCORE = 0.5;

export async function runDetection(
  { data, options, seed, setting }: Spec<DenseOptions, VocDetectionData>,
  { checkpoint, identity, device, threads, work, progress, artefacts, signal }: RunContext,
): Promise<RunResult> {
  const training = progress.step("training");
  const testing = progress.step("test");
  const { findings, detections } = await evaluateDetection({
    ...{ checkpoint, data, seed, identity, device, signal },
    setting: setting as DetectionSetting,
    schedule: detectionSchedule(options, data.name),
    mode: options.mode,
    ...(threads === undefined ? {} : { threads }),
    ...(work === undefined ? {} : { work }),
    ...(options.predictions === undefined ? {} : { predictions: options.predictions }),
    onStep({ step, steps, values, learningRate, secondsPerStep, secondsLeft }) {
      const rate = `rate ${learningRate.toPrecision(3)}, ${secondsPerStep.toFixed(2)} s a step`;
      training.update(step, steps, `${duration(secondsLeft)} left, loss ${values.loss!.toFixed(3)}, ${rate}`);
      if (step === steps) training.end(`${steps} steps`);
    },
    onTested(done, total) {
      testing.update(done, total);
      if (done === total) testing.end(`${total} images`);
    },
  });
  const found = Map.groupBy(detections, ({ image }) => image);
  for (const image of data.splits.test.slice(0, SHOWN_IMAGES)) {
    const pixels = await decodeRgb(image.image);
    const shown = (found.get(image.id) ?? []).filter(({ score }) => score >= SHOWN_SCORE);
    const truth = image.objects.map(({ box, class: kind }) => ({ box: continuous(box), class: kind }));
    const png = { mediaType: "image/png", item: image.id };
    artefacts.put(await encodeRgb(drawBoxes(pixels, shown.toReversed())), { ...png, role: "detections" });
    artefacts.put(await encodeRgb(drawBoxes(pixels, truth)), { ...png, role: "true objects" });
  }
  const { test, warnings, ...rest } = findings;
  const metrics = ["ap50", "ap", "ap75"] as const;
  return {
    predictions: {
      ...kept(data, detections, options.mode === "paper-exact"),
      measures: metrics.map((metric) => `${setting}/${data.name}/${metric}`),
    },
    values: metrics.map((metric) => ({
      measure: `${setting}/${data.name}/${metric}`,
      value: test[metric],
      interval: test.intervals[metric],
      n: test.n,
    })),
    record: { ...rest, test, pictured: { images: SHOWN_IMAGES, score: SHOWN_SCORE } },
    warnings,
  };
}

/** Every detection beside the true objects, as they are kept. */
function kept(
  { classes, splits: { test } }: VocDetectionData,
  detections: readonly VocDetection[],
  absentClassesCount: boolean,
): Omit<TestPredictions, "measures"> {
  const place = new Map(test.map(({ id }, i) => [id, i]));
  return {
    predictions: {
      ...{ kind: "detections", classes: classes.length, images: test.length, absentClassesCount },
      image: detections.map(({ image }) => place.get(image)!),
      class: detections.map((one) => one.class),
      score: detections.map(({ score }) => score),
      boxes: detections.flatMap(({ box }) => [...box]),
    },
    testSet: {
      items: test.map(({ id }) => id),
      classes: [...classes],
      labels: null,
      objects: test.flatMap(({ objects }, image) =>
        objects.map(({ class: kind, box, difficult }) => ({ image, class: kind, box: [...box], difficult })),
      ),
    },
  };
}
