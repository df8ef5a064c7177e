/** The evaluations that there are: one line each. */
import { attention } from "./attention/index.ts";
import { denseKnn } from "./dense-knn/index.ts";
import { denseLinear } from "./dense-linear/index.ts";
import { detection } from "./detection/index.ts";
import { fewShot } from "./few-shot/index.ts";
import { fewShotLinear } from "./few-shot-linear/index.ts";
import { invariance } from "./invariance/index.ts";
import type { AnyKind } from "./kind.ts";
import { knn } from "./knn/index.ts";
import { linearBn } from "./linear-bn/index.ts";
import { linearDinov3 } from "./linear-dinov3/index.ts";
import { manyShotFinetune } from "./many-shot-finetune/index.ts";
import { manyShotLinear } from "./many-shot-linear/index.ts";
import { predictors } from "./predictors/index.ts";
import { reconstruction } from "./reconstruction/index.ts";
import { retrieval } from "./retrieval/index.ts";
import { robustness } from "./robustness/index.ts";
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
  knn,
  fewShotLinear,
  linearDinov3,
  linearBn,
  retrieval,
  predictors,
  denseKnn,
  denseLinear,
  robustness,
];
