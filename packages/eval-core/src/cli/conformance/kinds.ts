/** Every kind of golden folder that `transferboard conformance` can hold: one line a kind, brought by its room or its evaluation. */

import { backbonesConformance } from "../../backbones/conformance/backbones.ts";
import { checkpointConformance } from "../../backbones/conformance/checkpoint.ts";
import type { ConformanceKind } from "../../conformance/index.ts";
import { denseHeadsConformance } from "../../evaluations/dense-heads/conformance.ts";
import { finetuneConformance } from "../../evaluations/many-shot-finetune/conformance.ts";
import { linearConformance } from "../../evaluations/many-shot-linear/conformance.ts";
import { featuresConformance } from "../../evaluations/pictures/conformance.ts";
import { probesConformance } from "../../evaluations/probe-goldens/conformance.ts";
import { EVALUATIONS } from "../../evaluations/registry.ts";
import { formatsConformance } from "../../formats/conformance.ts";
import { preprocessConformance } from "../../images/conformance.ts";
import { denseConformance, map11Conformance } from "../../metrics/conformance.ts";
import { recordConformance } from "../../record/conformance.ts";
import { correlationConformance } from "../../stats/conformance.ts";

export const CONFORMANCE_KINDS: readonly ConformanceKind[] = [
  linearConformance,
  map11Conformance,
  preprocessConformance,
  checkpointConformance,
  backbonesConformance,
  finetuneConformance,
  correlationConformance,
  denseConformance,
  denseHeadsConformance,
  probesConformance,
  recordConformance,
  formatsConformance,
  featuresConformance,
  ...EVALUATIONS.flatMap(({ conformance = [] }) => conformance),
];
