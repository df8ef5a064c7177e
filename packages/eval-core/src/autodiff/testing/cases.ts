/** A random case for every operator that has a gradient: exhaustive, like the table of rules. */
import type { DifferentiableOp, EXPANDED_OPS } from "../rules/index.ts";
import type { CaseMaker } from "./case.ts";
import { elementwiseCases } from "./elementwise-cases.ts";
import { layerCases } from "./layer-cases.ts";
import { movementCases } from "./movement-cases.ts";

export type CheckedOp = DifferentiableOp | (typeof EXPANDED_OPS)[number];

export const cases: Readonly<Record<CheckedOp, CaseMaker>> = {
  ...elementwiseCases,
  ...layerCases,
  ...movementCases,
};

/** What is arranged in another way for a CPU. */
export const ARRANGED: readonly CheckedOp[] = ["Conv", "BatchNormalization", "InstanceNormalization"];
