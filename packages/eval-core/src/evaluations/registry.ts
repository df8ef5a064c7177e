/** The evaluations that there are: one line each. */
import { attention } from "./attention/index.ts";
import { detection } from "./detection/index.ts";
import { fewShot } from "./few-shot/index.ts";
import { invariance } from "./invariance/index.ts";
import type { AnyKind } from "./kind.ts";
import { manyShotFinetune } from "./many-shot-finetune/index.ts";
import { manyShotLinear } from "./many-shot-linear/index.ts";
import { reconstruction } from "./reconstruction/index.ts";
import { segmentation } from "./segmentation/index.ts";
import { surfaceNormals } from "./surface-normals/index.ts";

export const EVALUATIONS: readonly AnyKind[] = [
  manyShotLinear,
  manyShotFinetune,
  fewShot,
  detection,
  surfaceNormals,
  segmentation,
  reconstruction,
  attention,
  invariance,
];
