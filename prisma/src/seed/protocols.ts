/**
 * How the paper measured, one protocol a setting (its appendix A): what stands beside a published number so that a
 * reproduced one can be compared field by field. Where our own evaluations state the same, the field has the name and
 * the words that they give it, so that a comparison names what differs and nothing else; what is chosen dataset by
 * dataset is said for all of them, and what neither the paper nor its authors' code says is "not stated". How inputs
 * are normalised is the checkpoint's. ImageNet has none: its figures are each method's authors' own.
 */
import { settings } from "@transferboard/vocabulary";
import { fingerprint, type Json } from "@transferboard/vocabulary/canonical-json";

export interface SeedProtocol {
  fingerprint: string;
  setting: string;
  title: string;
  body: Json;
}

/** Of the description: which fields there are, and what they mean. */
const version = 1;
const notStated = "not stated";

const features = "global average of the last stage, evaluation mode";
const preprocessing = { resize: "shorter-side", resizeSize: 224, crop: 224, filter: "bicubic" };

/** The authors' few-shot code resizes to a square before it crops. */
const fewShotPreprocessing = { resize: "square", resizeSize: 257, crop: 224, filter: "bicubic" };

const splits = {
  rule: "published splits; Caltech101: 30 random training images a class, the rest test",
  validation: "published for Aircraft, DTD, Flowers and VOC2007; else a random 20% of train",
};

const metric =
  "accuracy; mean-per-class-accuracy for Aircraft, Caltech101, Flowers and Pets; map11 for VOC2007";

/** scikit-learn's LogisticRegression with the SciPy defaults under it, as the authors ran it. */
const linear: Json = {
  evaluation: "many-shot-linear",
  version,
  task: "multi-class; multi-label for VOC2007",
  metric,
  classifier:
    "multinomial logistic regression with intercept; for VOC2007 a two-class multinomial logistic regression with intercept for each class",
  objective: "sum of cross-entropy + weight decay / 2 * squared norm of the weights, intercept not penalised",
  weightDecays: { from: 1e-6, to: 1e5, count: 45, scale: "log" },
  selection: "best validation score, the first of equals in ascending weight decay",
  refit: "train+val",
  solver: {
    mode: "paper-exact",
    algorithm: "L-BFGS-B",
    maxIterations: 100,
    gradientTolerance: 1e-4,
    objectiveTolerance: 1e7 * Number.EPSILON,
    memory: 10,
    warmStart: "every fit from the one before it, ascending weight decay",
  },
  features,
  preprocessing,
  splits,
};

const finetuned: Json = {
  evaluation: "many-shot-finetune",
  version,
  network: "whole backbone and a linear head",
  head: "linear, its first weights not stated",
  steps: 5000,
  batch: 64,
  batches: notStated,
  optimizer: "SGD, Nesterov momentum 0.9, cosine annealing to 0 without restarts",
  batchNorm: "training mode, running statistics with momentum 0.1 and unbiased variance",
  loss: "cross-entropy; for VOC2007 binary cross-entropy, mean over images and classes",
  grid: {
    learningRates: [1e-4, 1e-3, 1e-2, 1e-1],
    weightDecays: [0, 1e-6, 1e-5, 1e-4, 1e-3],
    weightDecayOver: "the learning rate",
    augmentations: ["random-resized-crop", "centre-crop"],
  },
  randomResizedCrop: { side: 224, scale: [0.08, 1], ratio: [3 / 4, 4 / 3], flip: true, filter: "bicubic" },
  metric,
  selection: "best validation score at the end, the first of equals; refit on train and validation; one test",
  preprocessing,
  splits,
};

const fewShot = (shot: number): Json => ({
  evaluation: `few-shot-${shot}`,
  version,
  classifier: "nearest centroid of the support features, squared Euclidean distance, the first of equals",
  way: 5,
  shot,
  query: 15,
  episodes: 600,
  pool: "train + validation + test",
  sampling: notStated,
  metric: "mean accuracy over episodes, in percent",
  interval: "1.96 population deviations / sqrt(episodes)",
  features,
  preprocessing: fewShotPreprocessing,
});

/** Kornblith's, without VOC2007: several labels an image have no top probability. */
const calibrated = [
  "aircraft",
  "caltech101",
  "cars",
  "cifar10",
  "cifar100",
  "dtd",
  "flowers",
  "food",
  "pets",
  "sun397",
];

const calibration = (evaluation: string, classifier: Json): Json => ({
  evaluation,
  version,
  classifier,
  metric: "expected calibration error of the top probability",
  bins: { count: 15, width: "equal", edges: notStated },
  scaling: {
    method: "one temperature of least negative log likelihood",
    fittedOn: "one fold of test",
    scoredOn: "the other folds of test",
    folds: 5,
    foldOrder: notStated,
    reported: "mean over folds",
  },
  datasets: calibrated,
  reported: "mean over datasets",
  preprocessing,
});

const detection = (frozen: boolean): Json => ({
  evaluation: "detection",
  detector: "Faster R-CNN with FPN, detectron2",
  frozen: frozen ? "up to and including layer3" : "nothing",
  train: "VOC07+12 trainval",
  test: "VOC07 test",
  iterations: 144_000,
  batchSize: 2,
  learningRate: 0.0025,
  warmUpIterations: 100,
  stepsAt: [96_000, 128_000],
  stepFactor: 0.1,
  trainShorterSide: { from: 480, to: 800, step: 32 },
  testShorterSide: 800,
});

const bodies: readonly { setting: string; body: Json }[] = [
  { setting: "many-shot-linear", body: linear },
  { setting: "many-shot-finetune", body: finetuned },
  { setting: "few-shot-5", body: fewShot(5) },
  { setting: "few-shot-20", body: fewShot(20) },
  { setting: "few-shot-50", body: fewShot(50) },
  { setting: "detection-frozen", body: detection(true) },
  { setting: "detection-finetune", body: detection(false) },
  {
    setting: "surface-normals",
    body: {
      evaluation: "surface-normals",
      head: "PSPNet",
      backbone: "ResNet-50, dilated, frozen",
      epochs: 150,
      batchSize: 4,
      optimiser: { name: "SGD", momentum: 0.9, schedule: "polynomial decay, power 0.9" },
      scoredOn: "valid pixels",
    },
  },
  {
    setting: "segmentation",
    body: {
      evaluation: "segmentation",
      head: "UPerNet",
      backbone: "ResNet-50, nothing frozen",
      iterations: 150_000,
      batchSize: 2,
      optimiser: {
        name: "SGD",
        momentum: 0.9,
        learningRate: 0.02,
        factor: 0.9,
        everyIterations: 500,
      },
      scoredOn: "labelled pixels, 150 classes",
    },
  },
  {
    setting: "calibration-linear",
    body: calibration("calibration-linear", {
      kind: "linear",
      name: "many-shot-linear",
      mode: "paper-exact",
    }),
  },
  { setting: "calibration-finetune", body: calibration("calibration-finetune", "many-shot-finetune") },
  {
    setting: "reconstruction",
    body: {
      evaluation: "reconstruction",
      method: "deep image prior: an encoder-decoder with skip connections maps fixed noise to an image",
      target: "layer4, 2048 x 7 x 7",
      optimiser: { name: "Adam", learningRate: 0.001, iterations: 3000 },
      scores: "LPIPS to the original; mean squared error by colour channel on 8-bit levels",
      preprocessing,
    },
  },
  {
    setting: "attention",
    body: {
      evaluation: "attention",
      image: 242,
      mask: { size: 10, places: "every position" },
      crop: 224,
      attention: "mean over masks of the root relative squared error between clean and occluded features",
      diffusion: "share of pixels above the map's mean",
    },
  },
];

const titles: ReadonlyMap<string, string> = new Map(settings.map(({ slug, title }) => [slug, title]));

export const protocols: readonly SeedProtocol[] = bodies.map(({ setting, body }) => ({
  setting,
  title: `${titles.get(setting) ?? setting} (as published)`,
  body,
  fingerprint: fingerprint(body),
}));
