/**
 * What the paper's tables (arXiv 2011.13377, Tables 1 to 5 and 9) give for the averages and correlations that it prints,
 * kept apart from the data and the code, so that nothing is fitted to it. Computed once by another program (plain Python,
 * by the definition of the paper's A.7) and rounded as the paper rounds; none of it comes from this project's code.
 */

/** The 'Average' column of Table 1, linear. */
export const averageLinear: Readonly<Record<string, string>> = {
  insdis: "62.28",
  "moco-v1": "62.41",
  "pcl-v1": "56.73",
  pirl: "63.92",
  "pcl-v2": "69.13",
  "simclr-v1": "72.59",
  "moco-v2": "72.31",
  "simclr-v2": "75.07",
  "sela-v2": "72.09",
  infomin: "72.21",
  byol: "77.05",
  "deepcluster-v2": "78.92",
  swav: "77.97",
  supervised: "73.75",
};

/** The 'Average' column of Table 1, fine-tuned. */
export const averageFinetuned: Readonly<Record<string, string>> = {
  insdis: "72.62",
  "moco-v1": "74.39",
  "pcl-v1": "79.85",
  pirl: "71.71",
  "pcl-v2": "80.66",
  "simclr-v1": "83.13",
  "moco-v2": "77.74",
  "simclr-v2": "80.54",
  "sela-v2": "84.86",
  infomin: "79.62",
  byol: "84.03",
  "deepcluster-v2": "85.56",
  swav: "85.33",
  supervised: "84.60",
};

/** Pearson's r with ImageNet top-1, more being better on both sides. */
export const withSuites: Readonly<Record<string, string>> = {
  "many-shot-linear": "0.926",
  "many-shot-finetune": "0.857",
  "few-shot-kornblith": "0.827",
  "few-shot-cdfsl": "0.606",
  "detection-frozen": "0.788",
  "detection-finetune": "0.328",
  "surface-normals": "0.338",
  segmentation: "0.193",
};

/** Pearson's r of Table 9's columns with ImageNet top-1, not oriented. */
export const withFeatureAnalysis: Readonly<Record<string, string>> = {
  "calibration-linear/kornblith/ece": "-0.77",
  "calibration-linear/kornblith/ece-scaled": "-0.59",
  "calibration-finetune/kornblith/ece": "-0.90",
  "calibration-finetune/kornblith/ece-scaled": "-0.60",
  "reconstruction/all/lpips-alexnet": "-0.49",
  "reconstruction/all/lpips-vgg": "-0.69",
  "reconstruction/all/lpips-squeezenet": "-0.57",
  "reconstruction/all/colour-error-red": "-0.56",
  "reconstruction/all/colour-error-green": "-0.11",
  "reconstruction/all/colour-error-blue": "-0.22",
  "attention/all/diffusion": "0.09",
};
