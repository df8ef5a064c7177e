/**
 * What surface normals and segmentation make of images, labels, normals and counts, against CSAIL's loader and the authors'
 * evaluators.
 */
import {
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import { labelsFromNormals } from "../../datasets/dense/normals-files.ts";
import { decodeLevels, decodeRgb } from "../../images/index.ts";
import { WITHIN_DEGREES } from "../../metrics/index.ts";
import { canvasOf, place, type Size, scaledSize, writeClasses } from "../pixel-labels/canvas.ts";
import { plainBilinear } from "../pixel-labels/plain-bilinear.ts";
import type { PixelRules } from "../pixel-labels/settings.ts";
import { segmentationRules } from "../segmentation/protocol.ts";
import { segmentationScores, tallyOf } from "../segmentation/score.ts";
import { exactMedian, normalsScores, summarise } from "../surface-normals/angles.ts";
import { angleBetween } from "../surface-normals/predict.ts";
import { normalsRules } from "../surface-normals/protocol.ts";

type Pair = readonly [number, number];

interface Inputs {
  readonly segmentation: {
    readonly cases: readonly {
      readonly name: string;
      readonly canvas: number;
      readonly label_stride: number;
      readonly short: number;
      readonly max: number;
      readonly flips: readonly boolean[];
      readonly resized: readonly Pair[];
      readonly batch: Pair;
    }[];
  };
  readonly plain_bilinear: { readonly image: string; readonly larger: Pair; readonly smaller: Pair };
}

/** Batches of photos and labels for segmentation and normals, and the resize of the normals' test. */
export async function* pixelInputsCase(folder: GoldenFolder): AsyncGenerator<Finding> {
  const { segmentation, plain_bilinear } = folder.json<Inputs>("expected.json");
  for (const one of segmentation.cases) {
    const name = `inputs, ${one.name}`;
    const placed = [];
    const sizes: Size[] = [];
    for (const [i, flip] of one.flips.entries()) {
      const image = await decodeRgb(folder.file(`photo_${i}.png`));
      const labels = await decodeLevels(folder.file(`label_${i}.png`));
      const size = scaledSize(image, one.short, one.max);
      sizes.push(size);
      placed.push(place({ image, labels }, size, flip));
    }
    const canvas = canvasOf(sizes, one.canvas);
    const pair = ({ width, height }: Size) => [height, width];
    yield exactly(
      name,
      "sizes and canvas",
      String([sizes.map(pair), pair(canvas)]) === String([one.resized, one.batch]),
    );
    const photos = folder.npy(`${one.name}_photos.npy`);
    yield finding(
      name,
      "pixels, levels",
      largestDifference(onCanvas(placed, canvas, photos.shape), photos),
      1,
    );
    for (const [mode, golden] of [
      ["default", "default"],
      ["paper-exact", "paper_exact"],
    ] as const) {
      const rules: PixelRules = one.name === "nyu" ? normalsRules(mode) : segmentationRules(mode);
      const stride = one.label_stride;
      const cells = (canvas.width / stride) * (canvas.height / stride);
      const classes = new Float32Array(placed.length * cells);
      for (const [i, { labels }] of placed.entries())
        writeClasses(labels, canvas, stride, rules.labels, classes.subarray(i * cells, (i + 1) * cells));
      const expected = folder.npy(`${one.name}_classes_${golden}.npy`);
      yield exactly(name, `classes, ${mode}`, largestDifference(classes, expected) === 0);
    }
  }
  const image = await decodeRgb(folder.file(plain_bilinear.image));
  for (const which of ["larger", "smaller"] as const) {
    const [height, width] = plain_bilinear[which];
    const resized = plainBilinear(image, { width, height });
    const difference = largestDifference(resized.data, folder.npy(`plain_bilinear_${which}.npy`));
    yield finding(`inputs, ${which} by plain bilinear`, "pixels, levels", difference, 0);
  }
}

/** The photos at the top left of zeros, in the layout that the golden has: images, height, width, 3. */
function onCanvas(
  placed: readonly { readonly image: Size & { readonly data: Uint8Array } }[],
  canvas: Size,
  shape: readonly number[],
): Uint8Array {
  const plane = canvas.width * canvas.height * 3;
  const out = new Uint8Array(placed.length * plane);
  for (const [i, { image }] of placed.entries()) {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
      out.set(row, i * plane + y * canvas.width * 3);
    }
  }
  if (shape.at(-1) !== 3) throw new RangeError(`photos must be [images, height, width, 3], found [${shape}]`);
  return out;
}

interface Normals {
  readonly ignore_label: number;
  readonly mean: number;
  readonly median: number;
  readonly within: Readonly<Record<string, number>>;
  readonly valid_pixels: number;
}

/** Labels from normals, and the angles' mean, median and shares. */
export function* normalsCase(folder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<Normals>("expected.json");
  const codebook = folder.npyOf("codebook.npy", "float64").data;
  const truth = Float32Array.from(folder.npy("normals_true.npy").data as ArrayLike<number>);
  const valid = Float32Array.from(folder.npy("valid.npy").data as ArrayLike<number>);
  const labels = labelsFromNormals({ normals: truth, valid }, codebook);
  const golden = folder.npy("labels.npy").data as ArrayLike<number>;
  yield exactly("normals", "labels from normals", largestDifference(labels, golden) === 0);
  const predicted = folder.npy("normals_predicted.npy").data as ArrayLike<number>;
  const angles = Float32Array.from(
    [...valid.keys()].filter((i) => valid[i]! > 0),
    (i) => {
      const [p, t] = [predicted, truth].map((of) => [of[3 * i]!, of[3 * i + 1]!, of[3 * i + 2]!]);
      const length = Math.hypot(...p!);
      return angleBetween(
        p!.map((value) => value / length),
        t!,
      );
    },
  );
  const scores = normalsScores([summarise(angles)]);
  yield exactly("normals", "how many pixels are valid", angles.length === expected.valid_pixels);
  const found = [scores.meanError, exactMedian(1, () => angles), ...scores.within];
  const wanted = [
    expected.mean,
    expected.median,
    ...WITHIN_DEGREES.map((degrees) => expected.within[`${degrees}`]!),
  ];
  // Angles are kept as float32: 4e-6 of a degree at 60.
  yield finding("normals", "mean, median, shares within", largestDifference(found, wanted), 5e-6);
}

/** Counts a class of every image, mean IoU by both rules, pixel accuracy. */
export function* segmentationScoresCase(folder: GoldenFolder): Generator<Finding> {
  const expected = folder.json<{
    readonly mean_iou_of_seen_classes: number;
    readonly mean_iou_of_all_150_as_the_code: number;
    readonly pixel_accuracy: number;
  }>("expected.json");
  const classes = 150;
  const tallies = [0, 1, 2].map((image) => {
    const counts = new Int32Array(3 * classes);
    const labels = folder.npy(`label_${image}.npy`).data as ArrayLike<number | bigint>;
    const predictions = folder.npy(`prediction_${image}.npy`).data as ArrayLike<number | bigint>;
    for (let i = 0; i < labels.length; i++) {
      const [label, prediction] = [Number(labels[i]) - 1, Number(predictions[i])];
      if (label < 0) continue;
      if (label === prediction) counts[label]!++;
      counts[classes + label]!++;
      counts[2 * classes + prediction]!++;
    }
    return tallyOf(counts);
  });
  const byDefault = segmentationScores(tallies, classes, false);
  const asTheCode = segmentationScores(tallies, classes, true);
  const found = [byDefault.meanIou, asTheCode.meanIou, byDefault.pixelAccuracy];
  const wanted = [
    expected.mean_iou_of_seen_classes,
    expected.mean_iou_of_all_150_as_the_code,
    expected.pixel_accuracy,
  ];
  yield finding(
    "ade20k",
    "mean IoU by both rules, pixel accuracy, of counts an image",
    largestDifference(found, wanted),
    1e-9,
  );
}
