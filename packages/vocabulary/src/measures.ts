/**
 * Measures: setting / dataset / metric, one column of a leaderboard each. Listed are those that a new database knows:
 * the paper's in the order of its tables, then those of the boards here; others are made when a result needs them.
 */
import { datasetNamed } from "./datasets.ts";
import { transformations } from "./metrics.ts";

/** The many-shot datasets, Kornblith et al.'s. */
export const KORNBLITH = [
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
  "voc2007",
] as const;

/** Several labels an image make no episode and no top probability. */
export const ONE_LABEL = KORNBLITH.filter((name) => name !== "voc2007");

/** With at least 65 images a class: enough for 50 shots and 15 queries. */
export const FIFTY_SHOT = ["aircraft", "cifar10", "cifar100", "dtd", "food", "pets", "sun397"] as const;

/** Far from ImageNet: the cross-domain few-shot benchmark's. */
export const CROSS_DOMAIN = ["cropdiseases", "eurosat", "isic2018", "chestx"] as const;

/** Every recognition dataset of the paper with one label an image. */
export const RECOGNITION = [...ONE_LABEL, ...CROSS_DOMAIN] as const;

/** What the paper reports of a recognition dataset. */
const usual = (dataset: string): string => datasetNamed(dataset)?.recognition?.metric ?? "accuracy";

export const ofUsual = (setting: string, datasets: readonly string[]): string[] =>
  datasets.map((dataset) => `${setting}/${dataset}/${usual(dataset)}`);

export const of = (setting: string, datasets: readonly string[], metrics: readonly string[]): string[] =>
  datasets.flatMap((dataset) => metrics.map((metric) => `${setting}/${dataset}/${metric}`));

const few = (shots: number, datasets: readonly string[]) => of(`few-shot-${shots}`, datasets, ["accuracy"]);

const published: readonly string[] = [
  "imagenet/imagenet/top1",
  ...ofUsual("many-shot-linear", KORNBLITH),
  ...ofUsual("many-shot-finetune", KORNBLITH),
  ...few(20, ONE_LABEL),
  ...few(20, CROSS_DOMAIN),
  ...of("detection-frozen", ["voc2007"], ["ap", "ap50", "ap75"]),
  ...of("detection-finetune", ["voc2007"], ["ap", "ap50", "ap75"]),
  ...of(
    "surface-normals",
    ["nyuv2"],
    ["mean-error", "median-error", "within-11.25", "within-22.5", "within-30"],
  ),
  ...of("segmentation", ["ade20k"], ["mean-iou", "pixel-accuracy"]),
  ...few(5, ONE_LABEL),
  ...few(50, FIFTY_SHOT),
  ...CROSS_DOMAIN.flatMap((dataset) => [...few(5, [dataset]), ...few(50, [dataset])]),
  ...of("calibration-linear", ["kornblith"], ["ece", "ece-scaled"]),
  ...of("calibration-finetune", ["kornblith"], ["ece", "ece-scaled"]),
  ...of(
    "reconstruction",
    ["all"],
    [
      "lpips-alexnet",
      "lpips-vgg",
      "lpips-squeezenet",
      "colour-error-red",
      "colour-error-green",
      "colour-error-blue",
    ],
  ),
  "attention/all/diffusion",
];

/** Of what ships: measured here. */
export const DEMO: readonly string[] = ["many-shot-linear/digits/accuracy"];

export const INVARIANCE = of("invariance", ["all"], transformations);
export const KNN = of("knn", RECOGNITION, ["top-1-k20"]);
export const FEW_SHOT_LINEAR = of("few-shot-linear-16", RECOGNITION, ["accuracy"]);
export const DINOV3 = ofUsual("logistic-regression-dinov3", RECOGNITION);
export const LINEAR_BN = of("linear-bn", RECOGNITION, ["accuracy"]);
export const RETRIEVAL = [
  ...of("retrieval", RECOGNITION, ["map"]),
  ...of("retrieval", ["roxford5k", "rparis6k"], ["map-medium", "map-hard"]),
];
export const ROBUSTNESS = of(
  "robustness-imagenet",
  ["imagenet-v2", "imagenet-a", "imagenet-r", "imagenet-sketch", "imagenet-real"],
  ["accuracy", "drop"],
);
export const DENSE_KNN = of("dense-knn", ["voc2012", "ade20k"], ["mean-iou"]);
export const LINEAR_SEGMENTATION = of(
  "linear-segmentation",
  ["voc2012", "ade20k"],
  ["mean-iou", "pixel-accuracy"],
);
export const PREDICTORS = of("predictor", RECOGNITION, ["rankme", "logme"]);

/** A model's own ImageNet classifier, as timm tests it: what ranks first, then what stands beside. */
export const OWN_CLASSIFIER = of(
  "robustness",
  ["imagenet", "imagenet-real", "imagenetv2", "imagenet-sketch", "imagenet-a", "imagenet-r"],
  ["top1"],
);
export const OWN_CLASSIFIER_BESIDE = [
  ...OWN_CLASSIFIER.map((slug) => slug.replace("/top1", "/top5")),
  ...of("robustness", ["imagenet-a-clean", "imagenet-r-clean"], ["top1"]),
];

/** What a profile of the digits that ship gives, its predictors last. */
export const PROFILE_DIGITS: readonly string[] = [
  ...of("knn", ["digits"], ["top-1-k20"]),
  ...of("retrieval", ["digits"], ["map", "recall-at-1"]),
  ...of("few-shot-linear-16", ["digits"], ["accuracy"]),
  ...of("linear-bn", ["digits"], ["accuracy"]),
  ...of("logistic-regression-dinov3", ["digits"], ["accuracy"]),
  ...of("predictor", ["digits"], ["rankme", "logme"]),
];

export const LINEAR_SEGMENTATION_CACHED = of(
  "linear-segmentation-cached",
  ["voc2012", "ade20k"],
  ["mean-iou", "pixel-accuracy"],
);

export const LINEAR_BN_LARS = of("linear-bn-lars", RECOGNITION, ["accuracy"]);

/** What the dense probes give on the drawn scenes that ship. */
export const PROFILE_SCENES: readonly string[] = [
  ...of("dense-knn", ["ade-shapes"], ["mean-iou", "pixel-accuracy"]),
  ...of("linear-segmentation-cached", ["ade-shapes"], ["mean-iou", "pixel-accuracy"]),
  ...of("linear-segmentation", ["ade-shapes"], ["mean-iou", "pixel-accuracy"]),
];

/** In the order of their columns. */
export const seededMeasures: readonly string[] = [
  ...published,
  ...DEMO,
  ...INVARIANCE,
  ...KNN,
  ...FEW_SHOT_LINEAR,
  ...DINOV3,
  ...LINEAR_BN,
  ...RETRIEVAL,
  ...ROBUSTNESS,
  ...DENSE_KNN,
  ...LINEAR_SEGMENTATION,
  ...PREDICTORS,
  ...PROFILE_DIGITS,
  ...LINEAR_SEGMENTATION_CACHED,
  ...PROFILE_SCENES,
  ...OWN_CLASSIFIER,
  ...OWN_CLASSIFIER_BESIDE,
  ...LINEAR_BN_LARS,
];

/** "a/b/c" -> its parts. @throws RangeError for what is no measure's slug */
export function partsOf(slug: string): { setting: string; dataset: string; metric: string } {
  const [setting = "", dataset = "", metric = "", ...rest] = slug.split("/");
  if (setting && dataset && metric && rest.length === 0) return { setting, dataset, metric };
  throw new RangeError(`'${slug}' is not a measure: expected setting/dataset/metric.`);
}
