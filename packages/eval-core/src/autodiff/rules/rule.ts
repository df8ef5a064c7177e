/**
 * What a gradient rule sees and answers.
 *
 * A rule gets one forward node and the gradient of the loss by each of its outputs, and answers the gradient by
 * each of its inputs: a name, or undefined where there is none. A gradient may still have the shape of a broadcast
 * output: `gradient.ts` sums it down to the input's shape, for all rules in one place.
 */
import type { Node } from "../../onnx/ir.ts";
import type { Emitter } from "../emitter.ts";

/** What lowering a forward node left for its rule, by the names that it asks for. */
export type Residuals = Readonly<Record<string, string>>;

export interface RuleContext {
  readonly e: Emitter;
  readonly node: Node;
  /** The input's name; "" where an optional input is absent. */
  x(position: number): string;
  y(position?: number): string;
  /** The loss's gradient by an output; zeros where the output does not reach the loss. */
  dy(position?: number): string;
  /** Whether an output reaches the loss. */
  reaches(position: number): boolean;
  /** Whether anyone asks for the gradient by this input. */
  wants(position: number): boolean;
  /** A value that lowering the forward node left for its gradient. */
  residual(name: string): string;
  /** Whether lowering left such a value. */
  leaves(name: string): boolean;
  /** The numbers of an input that must be a constant (axes, a shape); undefined where it is absent. */
  numbers(position: number): readonly number[] | undefined;
}

export type Rule = (context: RuleContext) => readonly (string | undefined)[];

/** A rule written input by input: only what is asked for gets computed. */
export const each =
  (...partials: readonly ((context: RuleContext) => string)[]): Rule =>
  (context) =>
    partials.map((partial, i) => (context.wants(i) ? partial(context) : undefined));
