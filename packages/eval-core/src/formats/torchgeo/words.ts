/** torchgeo-bench's columns, datasets and methods, and ours for them. */

/** Files of before calibration lack what follows. */
export const TORCHGEO_REQUIRED = [
  ...[
    "dataset",
    "method",
    "metric_name",
    "metric_value",
    "ci_lower",
    "ci_upper",
    "feature_dim",
    "best_c",
    "best_lr",
  ],
  ...[
    "best_batch_size",
    "n_train",
    "n_val",
    "n_test",
    "seed",
    "model",
    "name",
    "normalization",
    "image_size",
  ],
  ...[
    "interpolation",
    "partition",
    "bands",
    "c_range_start",
    "c_range_stop",
    "c_range_num",
    "merge_val",
    "bootstrap",
  ],
  ...["fw_iou", "precision", "recall", "f1"],
] as const;
export const TORCHGEO_COLUMNS = [
  ...TORCHGEO_REQUIRED,
  ...["ece", "rms_ce", "mce", "ece_ts", "rms_ce_ts", "mce_ts", "temperature", "calibration_n_bins"],
] as const;

export const TORCHGEO_METRICS: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  micro_mAP: "micro-map",
  mIoU: "mean-iou",
};

/** Its EuroSAT is split in its own way: another dataset than ours. */
export const torchgeoDataset = (name: string): string | undefined =>
  name === "eurosat" ? "eurosat-torchgeo" : name === "" ? undefined : name.replaceAll("_", "-");
export const torchgeoName = (slug: string): string => {
  if (slug === "eurosat-torchgeo") return "eurosat";
  return slug.startsWith("m-") || slug === "eurosat-spatial" ? slug : slug.replaceAll("-", "_");
};

export function torchgeoSetting(method: string): string | undefined {
  if (method === "knn5") return "knn";
  if (method === "linear") return "many-shot-linear";
  return /^seg-(linear|conv_block|fpn|dpt)$/.test(method) ? "segmentation-probe" : undefined;
}
