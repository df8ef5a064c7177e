/** The metrics of a reconstruction, the one that ranks first. */
import type { LpipsNetwork } from "../../networks/lpips/trunks.ts";

export const LPIPS_METRIC: Readonly<Record<LpipsNetwork, string>> = {
  alex: "lpips-alexnet",
  vgg: "lpips-vgg",
  squeeze: "lpips-squeezenet",
};

export const COLOUR_METRICS = ["colour-error-red", "colour-error-green", "colour-error-blue"] as const;

export const SCORES: readonly string[] = [
  LPIPS_METRIC.vgg,
  LPIPS_METRIC.alex,
  LPIPS_METRIC.squeeze,
  ...COLOUR_METRICS,
];
