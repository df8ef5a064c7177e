/** The fixed words: kinds of evaluation, metrics and datasets, with their units, bounds and sizes. */

export const settings = [
  { slug: "imagenet", title: "ImageNet" },
  { slug: "many-shot-linear", title: "Many-shot, linear" },
  { slug: "many-shot-finetune", title: "Many-shot, fine-tuned" },
  { slug: "few-shot-5", title: "Few-shot, 5-way 5-shot" },
  { slug: "few-shot-20", title: "Few-shot, 5-way 20-shot" },
  { slug: "few-shot-50", title: "Few-shot, 5-way 50-shot" },
  { slug: "detection-frozen", title: "Detection, frozen backbone" },
  { slug: "detection-finetune", title: "Detection, fine-tuned" },
  { slug: "surface-normals", title: "Surface normals" },
  { slug: "segmentation", title: "Semantic segmentation" },
  { slug: "calibration-linear", title: "Calibration, linear" },
  { slug: "calibration-finetune", title: "Calibration, fine-tuned" },
  { slug: "reconstruction", title: "Reconstruction from features" },
  { slug: "attention", title: "Attention" },
] as const;

export interface SeedMetric {
  slug: string;
  title: string;
  unit: string;
  direction: "HIGHER" | "LOWER" | "NEITHER";
  /** Both bounds: the metric's range, in which its logit is taken. One: what it cannot fall below. */
  lower: number;
  upper: number | null;
  digits: number;
}

const percent = { unit: "%", direction: "HIGHER", lower: 0, upper: 100, digits: 2 } as const;
const error = { unit: "%", direction: "LOWER", lower: 0, upper: 100, digits: 2 } as const;
const degrees = { unit: "degrees", direction: "LOWER", lower: 0, upper: null, digits: 2 } as const;
const distance = { unit: "distance", direction: "LOWER", lower: 0, upper: 1, digits: 2 } as const;
const squaredLevels = {
  unit: "squared 8-bit levels",
  direction: "LOWER",
  lower: 0,
  upper: null,
  digits: 0,
} as const;

export const metrics: readonly SeedMetric[] = [
  { slug: "top1", title: "top-1 accuracy", ...percent },
  { slug: "accuracy", title: "accuracy", ...percent },
  { slug: "mean-per-class-accuracy", title: "mean per-class accuracy", ...percent },
  { slug: "map11", title: "11-point mAP", ...percent },
  { slug: "ap", title: "AP", ...percent },
  { slug: "ap50", title: "AP50", ...percent },
  { slug: "ap75", title: "AP75", ...percent },
  { slug: "mean-error", title: "mean angular error", ...degrees },
  { slug: "median-error", title: "median angular error", ...degrees },
  { slug: "within-11.25", title: "pixels within 11.25 degrees", ...percent },
  { slug: "within-22.5", title: "pixels within 22.5 degrees", ...percent },
  { slug: "within-30", title: "pixels within 30 degrees", ...percent },
  {
    slug: "mean-iou",
    title: "mean IoU",
    unit: "fraction",
    direction: "HIGHER",
    lower: 0,
    upper: 1,
    digits: 4,
  },
  { slug: "pixel-accuracy", title: "pixel accuracy", ...percent },
  { slug: "ece", title: "expected calibration error", ...error },
  { slug: "ece-scaled", title: "expected calibration error after temperature scaling", ...error },
  { slug: "lpips-alexnet", title: "LPIPS (AlexNet)", ...distance },
  { slug: "lpips-vgg", title: "LPIPS (VGG)", ...distance },
  { slug: "lpips-squeezenet", title: "LPIPS (SqueezeNet)", ...distance },
  { slug: "colour-error-red", title: "colour error, red", ...squaredLevels },
  { slug: "colour-error-green", title: "colour error, green", ...squaredLevels },
  { slug: "colour-error-blue", title: "colour error, blue", ...squaredLevels },
  {
    slug: "diffusion",
    title: "attentive diffusion",
    unit: "%",
    direction: "NEITHER",
    lower: 0,
    upper: 100,
    digits: 2,
  },
];

export interface SeedDataset {
  slug: string;
  title: string;
  domain: string;
  classes: number | null;
  /** Images by published split: train, validation, test; null where there is none, or all of them in no split. */
  sizes: readonly [train: number | null, val: number | null, test: number | null];
}

const unsplit = [null, null, null] as const;

export const datasets: readonly SeedDataset[] = [
  { slug: "imagenet", title: "ImageNet", domain: "objects", classes: 1000, sizes: [1_281_167, null, 50_000] },
  { slug: "aircraft", title: "Aircraft", domain: "aircraft models", classes: 100, sizes: [3334, 3333, 3333] },
  { slug: "caltech101", title: "Caltech101", domain: "objects", classes: 102, sizes: [3060, null, 6084] },
  { slug: "cars", title: "Cars", domain: "car models", classes: 196, sizes: [8144, null, 8041] },
  { slug: "cifar10", title: "CIFAR10", domain: "objects", classes: 10, sizes: [50_000, null, 10_000] },
  { slug: "cifar100", title: "CIFAR100", domain: "objects", classes: 100, sizes: [50_000, null, 10_000] },
  { slug: "dtd", title: "DTD", domain: "textures", classes: 47, sizes: [1880, 1880, 1880] },
  { slug: "flowers", title: "Flowers", domain: "flowers", classes: 102, sizes: [1020, 1020, 6149] },
  { slug: "food", title: "Food", domain: "dishes", classes: 101, sizes: [75_750, null, 25_250] },
  { slug: "pets", title: "Pets", domain: "cats and dogs", classes: 37, sizes: [3680, null, 3669] },
  { slug: "sun397", title: "SUN397", domain: "scenes", classes: 397, sizes: [19_850, null, 19_850] },
  { slug: "voc2007", title: "VOC2007", domain: "objects in scenes", classes: 20, sizes: [2501, 2510, 4952] },
  { slug: "cropdiseases", title: "CropDiseases", domain: "plant leaves", classes: 38, sizes: unsplit },
  { slug: "eurosat", title: "EuroSAT", domain: "satellite images", classes: 10, sizes: [27_000, null, null] },
  { slug: "isic2018", title: "ISIC2018", domain: "skin lesions", classes: 7, sizes: [10_015, null, null] },
  { slug: "chestx", title: "ChestX", domain: "chest X-rays", classes: 7, sizes: unsplit },
  { slug: "nyuv2", title: "NYUv2", domain: "indoor scenes", classes: null, sizes: [795, null, 654] },
  { slug: "ade20k", title: "ADE20K", domain: "scenes", classes: 150, sizes: [20_210, null, 2000] },
  { slug: "kornblith", title: "Kornblith, mean of 10", domain: "several", classes: null, sizes: unsplit },
  { slug: "all", title: "All datasets", domain: "several", classes: null, sizes: unsplit },
  { slug: "digits", title: "Digits", domain: "handwritten digits", classes: 10, sizes: [1197, null, 600] },
];
