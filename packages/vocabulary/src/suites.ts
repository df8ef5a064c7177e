/**
 * The boards: which measures, in which order, and which of them the aggregate ranks by. New boards, and new measures of
 * a board, come at their end: positions are recorded.
 */
import {
  CROSS_DOMAIN,
  DEMO,
  DENSE_KNN,
  DINOV3,
  FEW_SHOT_LINEAR,
  FIFTY_SHOT,
  INVARIANCE,
  KNN,
  KORNBLITH,
  LINEAR_BN,
  LINEAR_BN_LARS,
  LINEAR_SEGMENTATION,
  LINEAR_SEGMENTATION_CACHED,
  ONE_LABEL,
  OWN_CLASSIFIER,
  OWN_CLASSIFIER_BESIDE,
  of,
  ofUsual,
  PREDICTORS,
  PROFILE_DIGITS,
  PROFILE_SCENES,
  RETRIEVAL,
  ROBUSTNESS,
} from "./measures.ts";

export interface SuiteMeasure {
  readonly slug: string;
  readonly ranked: boolean;
}

export interface Suite {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly aggregate: "MEAN" | "MEAN_RANK";
  /** In the order of their columns. */
  readonly measures: readonly SuiteMeasure[];
}

/** @param by the metrics that rank; all of them unless told */
const ranked = (slugs: readonly string[], by?: readonly string[]): SuiteMeasure[] =>
  slugs.map((slug) => ({ slug, ranked: by === undefined || by.includes(slug.split("/")[2]!) }));

const fewShot = (shots: number, datasets: readonly string[]) =>
  ranked(of(`few-shot-${shots}`, datasets, ["accuracy"]));

const manyShot: readonly Suite[] = [
  {
    slug: "many-shot-linear",
    title: "Many-shot, linear",
    description:
      "Logistic regression on frozen features of eleven datasets, ranked by the mean of their accuracies.",
    aggregate: "MEAN",
    measures: ranked(ofUsual("many-shot-linear", KORNBLITH)),
  },
  {
    slug: "many-shot-finetune",
    title: "Many-shot, fine-tuned",
    description: "The whole network fine-tuned on eleven datasets, ranked by the mean of their accuracies.",
    aggregate: "MEAN",
    measures: ranked(ofUsual("many-shot-finetune", KORNBLITH)),
  },
];

const suiteOfShots = (slug: string, shots: number) => (shots === 20 ? slug : `${slug}-${shots}`);

const fewShots: readonly Suite[] = [
  ...[20, 5, 50].map(
    (shots): Suite => ({
      slug: suiteOfShots("few-shot-kornblith", shots),
      title: `Few-shot, ${shots} images a class`,
      description: `Nearest centroid, 5-way ${shots}-shot, on the many-shot datasets with enough images, ranked by the mean.`,
      aggregate: "MEAN",
      measures: fewShot(shots, shots === 50 ? FIFTY_SHOT : ONE_LABEL),
    }),
  ),
  ...[20, 5, 50].map(
    (shots): Suite => ({
      slug: suiteOfShots("few-shot-cdfsl", shots),
      title: `Few-shot across domains, ${shots} images a class`,
      description: `Nearest centroid, 5-way ${shots}-shot, on four datasets far from ImageNet, ranked by the mean.`,
      aggregate: "MEAN",
      measures: fewShot(shots, CROSS_DOMAIN),
    }),
  ),
];

const dense: readonly Suite[] = [
  {
    slug: "detection-frozen",
    title: "Detection, frozen backbone",
    description: "Faster R-CNN with FPN on PASCAL VOC, backbone frozen, ranked by AP50.",
    aggregate: "MEAN",
    measures: ranked(of("detection-frozen", ["voc2007"], ["ap", "ap50", "ap75"]), ["ap50"]),
  },
  {
    slug: "detection-finetune",
    title: "Detection, fine-tuned",
    description: "Faster R-CNN with FPN on PASCAL VOC, fine-tuned, ranked by AP50.",
    aggregate: "MEAN",
    measures: ranked(of("detection-finetune", ["voc2007"], ["ap", "ap50", "ap75"]), ["ap50"]),
  },
  {
    slug: "surface-normals",
    title: "Surface normals",
    description: "Surface normals on NYUv2 from a frozen backbone, ranked by the mean angular error.",
    aggregate: "MEAN",
    measures: ranked(
      of(
        "surface-normals",
        ["nyuv2"],
        ["mean-error", "median-error", "within-11.25", "within-22.5", "within-30"],
      ),
      ["mean-error"],
    ),
  },
  {
    slug: "segmentation",
    title: "Semantic segmentation",
    description: "Semantic segmentation on ADE20K, fine-tuned, ranked by mean IoU.",
    aggregate: "MEAN",
    measures: ranked(of("segmentation", ["ade20k"], ["mean-iou", "pixel-accuracy"]), ["mean-iou"]),
  },
];

const overview: Suite = {
  slug: "overview",
  title: "Overview",
  description:
    "ImageNet and the paper's eight evaluations, each by the measure that ranks it. The units differ, so methods are ordered by mean rank.",
  aggregate: "MEAN_RANK",
  measures: [
    { slug: "imagenet/imagenet/top1", ranked: true },
    ...manyShot.flatMap(({ measures }) => measures),
    ...fewShot(20, [...ONE_LABEL, ...CROSS_DOMAIN]),
    ...dense.flatMap(({ measures }) => measures.filter((measure) => measure.ranked)),
  ],
};

const demo: Suite = {
  slug: "demo",
  title: "Demo",
  description: "What this installation has evaluated by itself, on the shipped handwritten digits.",
  aggregate: "MEAN",
  measures: ranked(DEMO),
};

const whatFeaturesKeep: readonly Suite[] = [
  {
    slug: "reconstruction",
    title: "Reconstruction",
    description:
      "How close an image reconstructed from its features comes to the original, ranked by LPIPS (VGG16).",
    aggregate: "MEAN",
    measures: ranked(
      of(
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
      ["lpips-vgg"],
    ),
  },
  {
    slug: "attention",
    title: "Attention",
    description:
      "How widely a network looks: attentive diffusion under occlusion. Neither direction is better.",
    aggregate: "MEAN",
    measures: ranked(["attention/all/diffusion"]),
  },
  {
    slug: "invariance",
    title: "Invariance",
    description:
      "Cosine similarity between the features of an image and of its transformed copies. Neither direction is better.",
    aggregate: "MEAN",
    measures: ranked(INVARIANCE),
  },
];

const probes: readonly Suite[] = [
  {
    slug: "knn",
    title: "Nearest neighbours",
    description: "DINO's weighted vote of the 20 nearest on frozen features, ranked by the mean.",
    aggregate: "MEAN",
    measures: ranked(KNN),
  },
  {
    slug: "few-shot-linear",
    title: "Few-shot, linear",
    description: "Logistic regression on 16 images a class, the mean of five draws, ranked by the mean.",
    aggregate: "MEAN",
    measures: ranked(FEW_SHOT_LINEAR),
  },
  {
    slug: "logistic-regression-dinov3",
    title: "Logistic regression as DINOv3's",
    description: "DINOv3's grid and choice at the converged optimum, ranked by the mean.",
    aggregate: "MEAN",
    measures: ranked(DINOV3),
  },
  {
    slug: "linear-bn",
    title: "Linear on standardised features",
    description: "Batch norm without affine, then a linear classifier, ranked by the mean.",
    aggregate: "MEAN",
    measures: ranked(LINEAR_BN),
  },
  {
    slug: "retrieval",
    title: "Retrieval",
    description: "Images of the same class or landmark by cosine similarity, ranked by the mean of mAP.",
    aggregate: "MEAN",
    measures: ranked(RETRIEVAL),
  },
  {
    slug: "robustness",
    title: "Robustness",
    description:
      "One ImageNet probe tested on shifted test sets, ranked by mean accuracy, with the drops beside it.",
    aggregate: "MEAN",
    measures: ranked(ROBUSTNESS, ["accuracy"]),
  },
  {
    slug: "dense-knn",
    title: "Dense nearest neighbours",
    description:
      "Segmentation by the nearest patches in a memory bank, without training, ranked by mean IoU.",
    aggregate: "MEAN",
    measures: ranked(DENSE_KNN),
  },
  {
    slug: "linear-segmentation",
    title: "Segmentation, linear",
    description: "Batch norm and a 1 x 1 convolution on frozen patches, ranked by mean IoU.",
    aggregate: "MEAN",
    measures: ranked(LINEAR_SEGMENTATION, ["mean-iou"]),
  },
  {
    slug: "predictors",
    title: "Predictors",
    description:
      "Quality estimated from the features alone, without a probe: RankMe and LogME, ranked by mean rank.",
    aggregate: "MEAN_RANK",
    measures: ranked(PREDICTORS),
  },
];

/** The board of `transferboard profile` on what ships. */
const profileDigits: Suite = {
  slug: "profile-digits",
  title: "Profile, digits",
  description:
    "A backbone's profile from one extraction of the shipped handwritten digits, ranked by the mean of nearest neighbours, retrieval and linear probes, with the predictors beside it.",
  aggregate: "MEAN",
  measures: ranked(PROFILE_DIGITS, ["top-1-k20", "map", "accuracy"]),
};

const linearSegmentationCached: Suite = {
  slug: "linear-segmentation-cached",
  title: "Segmentation, linear on cached features",
  description:
    "The same head on maps that are made once, without augmentation: not comparable with random crops. Ranked by mean IoU.",
  aggregate: "MEAN",
  measures: ranked(LINEAR_SEGMENTATION_CACHED, ["mean-iou"]),
};

const linearBnLars: Suite = {
  slug: "linear-bn-lars",
  title: "Batch norm and linear, by LARS",
  description: "MAE's linear probe by its own steps on cached features, ranked by the mean.",
  aggregate: "MEAN",
  measures: ranked(LINEAR_BN_LARS),
};

/** The board of the dense probes on what ships. */
const profileScenes: Suite = {
  slug: "profile-scenes",
  title: "Profile, drawn scenes",
  description:
    "A backbone's patches on the shipped drawn scenes, ranked by the mean IoU of dense nearest neighbours and of a linear head on cached features.",
  aggregate: "MEAN",
  measures: PROFILE_SCENES.map((slug) => ({
    slug,
    ranked: ["dense-knn", "linear-segmentation-cached"].some(
      (setting) => slug === `${setting}/ade-shapes/mean-iou`,
    ),
  })),
};

const ownClassifier: Suite = {
  slug: "robustness-own-classifier",
  title: "Robustness, own classifier",
  description:
    "A model's own ImageNet classifier on ImageNet and five variants, as timm tests it, ranked by the mean of top-1 accuracy.",
  aggregate: "MEAN",
  measures: [...ranked(OWN_CLASSIFIER), ...OWN_CLASSIFIER_BESIDE.map((slug) => ({ slug, ranked: false }))],
};

export const suites: readonly Suite[] = [
  ...manyShot,
  ...fewShots,
  ...dense,
  overview,
  demo,
  ...whatFeaturesKeep,
  ...probes,
  profileDigits,
  linearSegmentationCached,
  profileScenes,
  ownClassifier,
  linearBnLars,
];

/** Undefined for one that is not in the vocabulary. */
export const suiteNamed = (slug: string): Suite | undefined => suites.find((suite) => suite.slug === slug);
