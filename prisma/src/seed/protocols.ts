/**
 * How the paper measured, one protocol a setting (its appendix A): what stands beside a published number so that a
 * reproduced one can be compared field by field. ImageNet has none: its figures are each method's authors' own.
 */
import { fingerprint, type Json } from "../canonical-json.ts";

export interface SeedProtocol {
  fingerprint: string;
  setting: string;
  title: string;
  body: Json;
}

const backbone = {
  architecture: "ResNet-50 1x",
  features: "global average pool of layer4",
  mode: "evaluation",
};

const preprocessing = {
  colour: "RGB",
  resize: { shorterSide: 224, filter: "bicubic, antialiased" },
  crop: { size: 224, place: "centre" },
  scale: "levels / 255",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  exceptions: "SimCLR-v1 and SimCLR-v2: mean 0, deviation 1",
};

/** The authors' few-shot code resizes to a square before it crops. */
const fewShotPreprocessing = { ...preprocessing, resize: { square: 257, filter: "bicubic, antialiased" } };

const validation = {
  own: ["aircraft", "dtd", "flowers", "voc2007"],
  others: "a random 20% of train",
  refit: "train+val",
};

const fewShot = (shots: number): Json => ({
  evaluation: "few-shot",
  backbone,
  preprocessing: fewShotPreprocessing,
  classifier: "nearest centroid, squared Euclidean distance",
  ways: 5,
  shots,
  queriesPerClass: 15,
  episodes: 600,
  images: "train+val+test",
  interval: "1.96 * population deviation / sqrt(episodes)",
});

const calibration = (classifier: string): Json => ({
  evaluation: "calibration",
  classifier,
  backbone,
  preprocessing,
  bins: { count: 15, width: "equal", of: "top probability" },
  temperature: { folds: 5, of: "test", fittedOn: "one fold", scoredOn: "the other four", combined: "mean" },
  average: "mean over the many-shot datasets without VOC2007",
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
  {
    setting: "many-shot-linear",
    body: {
      evaluation: "many-shot-linear",
      backbone,
      preprocessing,
      classifier: "multinomial logistic regression with intercept; for VOC2007 one binary classifier a class",
      objective:
        "sum of cross-entropy + weight decay / 2 * squared norm of the weights, intercept not penalised",
      weightDecays: { from: 1e-6, to: 1e5, count: 45, scale: "log" },
      solver: { algorithm: "L-BFGS", maxIterations: 100, gradientTolerance: 1e-4, warmStart: true },
      validation,
    },
  },
  {
    setting: "many-shot-finetune",
    body: {
      evaluation: "many-shot-finetune",
      backbone: { ...backbone, mode: "training" },
      preprocessing,
      head: "linear",
      steps: 5000,
      batchSize: 64,
      optimiser: { name: "SGD", momentum: 0.9, nesterov: true, schedule: "cosine to 0, no restarts" },
      learningRates: { from: 1e-4, to: 1e-1, count: 4, scale: "log" },
      weightDecays: {
        zero: true,
        from: 1e-6,
        to: 1e-3,
        count: 4,
        scale: "log",
        dividedBy: "learning rate",
      },
      augmentation: ["random resized crop and horizontal flip", "centre crop"],
      loss: "cross-entropy; binary cross-entropy for VOC2007",
      validation,
    },
  },
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
  { setting: "calibration-linear", body: calibration("many-shot-linear") },
  { setting: "calibration-finetune", body: calibration("many-shot-finetune") },
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

export const protocols: readonly SeedProtocol[] = bodies.map(({ setting, body }) => ({
  setting,
  title: `${setting}, as published`,
  body,
  fingerprint: fingerprint(body),
}));
