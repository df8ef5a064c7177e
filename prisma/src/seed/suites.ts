/** The boards: which measures, in which order, and which of them the aggregate ranks by. */

export interface SeedSuite {
  slug: string;
  title: string;
  description: string;
  aggregate: "MEAN" | "MEAN_RANK";
  /** Measures in the order of their columns; those that do not rank are marked. */
  measures: readonly { slug: string; ranked: boolean }[];
}

interface Pick {
  /** Keeps the measures whose slug matches. */
  match: RegExp;
  /** Ranks by these alone; by all where left out. */
  rankedBy?: string;
}

const kornblith = "aircraft|caltech101|cars|cifar10|cifar100|dtd|flowers|food|pets|sun397|voc2007";
const crossDomain = "cropdiseases|eurosat|isic2018|chestx";
const fewShotOf = (shots: number, datasets: string) => new RegExp(`^few-shot-${shots}/(${datasets})/`);

const definitions: readonly (Omit<SeedSuite, "measures"> & { picks: readonly Pick[] })[] = [
  {
    slug: "many-shot-linear",
    title: "Many-shot, linear",
    description:
      "Logistic regression on frozen features of eleven datasets, ranked by the mean of their accuracies.",
    aggregate: "MEAN",
    picks: [{ match: new RegExp(`^many-shot-linear/(${kornblith})/`) }],
  },
  {
    slug: "many-shot-finetune",
    title: "Many-shot, fine-tuned",
    description: "The whole network fine-tuned on eleven datasets, ranked by the mean of their accuracies.",
    aggregate: "MEAN",
    picks: [{ match: new RegExp(`^many-shot-finetune/(${kornblith})/`) }],
  },
  ...[20, 5, 50].map((shots) => ({
    slug: shots === 20 ? "few-shot-kornblith" : `few-shot-kornblith-${shots}`,
    title: `Few-shot, ${shots} images a class`,
    description: `Nearest centroid, 5-way ${shots}-shot, on the many-shot datasets with enough images, ranked by the mean.`,
    aggregate: "MEAN" as const,
    picks: [{ match: fewShotOf(shots, kornblith) }],
  })),
  ...[20, 5, 50].map((shots) => ({
    slug: shots === 20 ? "few-shot-cdfsl" : `few-shot-cdfsl-${shots}`,
    title: `Few-shot across domains, ${shots} images a class`,
    description: `Nearest centroid, 5-way ${shots}-shot, on four datasets far from ImageNet, ranked by the mean.`,
    aggregate: "MEAN" as const,
    picks: [{ match: fewShotOf(shots, crossDomain) }],
  })),
  {
    slug: "detection-frozen",
    title: "Detection, frozen backbone",
    description: "Faster R-CNN with FPN on PASCAL VOC, backbone frozen, ranked by AP50.",
    aggregate: "MEAN",
    picks: [{ match: /^detection-frozen\//, rankedBy: "detection-frozen/voc2007/ap50" }],
  },
  {
    slug: "detection-finetune",
    title: "Detection, fine-tuned",
    description: "Faster R-CNN with FPN on PASCAL VOC, fine-tuned, ranked by AP50.",
    aggregate: "MEAN",
    picks: [{ match: /^detection-finetune\//, rankedBy: "detection-finetune/voc2007/ap50" }],
  },
  {
    slug: "surface-normals",
    title: "Surface normals",
    description: "Surface normals on NYUv2 from a frozen backbone, ranked by the mean angular error.",
    aggregate: "MEAN",
    picks: [{ match: /^surface-normals\//, rankedBy: "surface-normals/nyuv2/mean-error" }],
  },
  {
    slug: "segmentation",
    title: "Semantic segmentation",
    description: "Semantic segmentation on ADE20K, fine-tuned, ranked by mean IoU.",
    aggregate: "MEAN",
    picks: [{ match: /^segmentation\//, rankedBy: "segmentation/ade20k/mean-iou" }],
  },
  {
    slug: "overview",
    title: "Overview",
    description:
      "ImageNet and the paper's eight evaluations by the measures that they rank by. The units differ, so the order is by mean rank.",
    aggregate: "MEAN_RANK",
    picks: [
      { match: /^imagenet\// },
      { match: new RegExp(`^many-shot-linear/(${kornblith})/`) },
      { match: new RegExp(`^many-shot-finetune/(${kornblith})/`) },
      { match: fewShotOf(20, `${kornblith}|${crossDomain}`) },
      { match: /^detection-(frozen|finetune)\/voc2007\/ap50$/ },
      { match: /^(surface-normals\/nyuv2\/mean-error|segmentation\/ade20k\/mean-iou)$/ },
    ],
  },
  {
    slug: "demo",
    title: "Demo",
    description: "What this installation evaluated on its own: the handwritten digits that it ships.",
    aggregate: "MEAN",
    picks: [{ match: /^many-shot-linear\/digits\// }],
  },
];

/** The suites over the given measures, which come in the order of their columns. */
export function suitesOver(measures: readonly string[]): SeedSuite[] {
  return definitions.map(({ picks, ...suite }) => ({
    ...suite,
    measures: picks.flatMap(({ match, rankedBy }) =>
      measures
        .filter((slug) => match.test(slug))
        .map((slug) => ({ slug, ranked: rankedBy === undefined || slug === rankedBy })),
    ),
  }));
}
