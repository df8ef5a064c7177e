/**
 * The table of gradient rules: exhaustive, so that an operator the reference knows either has a rule, is expanded
 * into operators that have one, or is listed as passing no gradient. Anything else does not compile.
 */
import type { KnownOp } from "../reference/index.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { linear } from "./linear.ts";
import { normalisation } from "./normalisation.ts";
import { pooling } from "./pooling.ts";
import { reduction } from "./reduction.ts";
import { resize } from "./resize.ts";
import type { Rule } from "./rule.ts";
import { shape } from "./shape.ts";

/** Piecewise constant, or answering no float: their gradient is zero wherever it exists. */
export const GRADIENT_STOPS = [
  "Shape",
  "Constant",
  "ConstantOfShape",
  "Range",
  "Sign",
  "Floor",
  "Ceil",
  "Round",
  "Not",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "And",
  "Or",
  "ArgMax",
] as const satisfies readonly KnownOp[];

/** Rewritten by `../expansion.ts` before differentiation. */
export const EXPANDED_OPS = ["Gelu", "InstanceNormalization", "Sum"] as const satisfies readonly KnownOp[];

export type DifferentiableOp = Exclude<
  KnownOp,
  (typeof GRADIENT_STOPS)[number] | (typeof EXPANDED_OPS)[number]
>;

export const gradientRules: Readonly<Record<DifferentiableOp, Rule>> = {
  ...elementwise,
  ...reduction,
  ...linear,
  ...convolution,
  ...pooling,
  ...normalisation,
  ...resize,
  ...shape,
  ...indexing,
};

export const isDifferentiable = (opType: string): opType is DifferentiableOp =>
  Object.hasOwn(gradientRules, opType);

/** Whether a graph with this operator can be differentiated, be it that nothing flows through it. */
export const isTrainable = (opType: string): boolean =>
  isDifferentiable(opType) || ([...GRADIENT_STOPS, ...EXPANDED_OPS] as readonly string[]).includes(opType);
