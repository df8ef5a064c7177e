/** Kinds of evaluation, in the order in which people see them. New ones come at the end: positions are recorded. */

export interface SettingName {
  readonly slug: string;
  readonly title: string;
}

export const settings: readonly SettingName[] = [
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
  { slug: "invariance", title: "Invariance to transformations" },
  { slug: "knn", title: "k nearest neighbours" },
  { slug: "few-shot-linear-16", title: "Few-shot, linear, 16 images a class" },
  { slug: "logistic-regression-dinov3", title: "Logistic regression as DINOv3's" },
  { slug: "linear-bn", title: "Linear on standardised features" },
  { slug: "linear-bn-lars", title: "Batch norm and linear, by LARS" },
  { slug: "retrieval", title: "Retrieval" },
  { slug: "robustness-imagenet", title: "Robustness of an ImageNet probe" },
  { slug: "dense-knn", title: "Dense nearest neighbours" },
  { slug: "linear-segmentation", title: "Segmentation, linear" },
  { slug: "linear-segmentation-cached", title: "Segmentation, linear on cached features" },
  { slug: "predictor", title: "Predictors from features" },
  { slug: "robustness", title: "Robustness of a model's own classifier" },
  { slug: "zero-shot", title: "Zero-shot classification" },
  { slug: "zero-shot-retrieval", title: "Zero-shot retrieval" },
  { slug: "few-shot-linear-8", title: "Few-shot, linear, 8 images a class" },
  { slug: "clustering", title: "Clustering" },
  { slug: "linear-probe", title: "Linear probe, trained by gradient" },
  { slug: "attentive-probe", title: "Attentive probe" },
  { slug: "segmentation-probe", title: "Segmentation, probe" },
  { slug: "calibration-knn", title: "Calibration, nearest neighbours" },
];
