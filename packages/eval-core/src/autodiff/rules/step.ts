/**
 * Conditions on floats as factors, 1 where they hold and 0 where not: onnxruntime's Where makes three passes on the CPU,
 * and a comparison with its cast two, of which one thread does the second. What differs from 0, or from its bound, by
 * less than 3e-39 gets a fraction.
 */
import { float } from "../attributes.ts";
import type { Emitter } from "../emitter.ts";

/** The largest float32: times it, whatever a network holds above 0 is above 1. */
const LARGEST = 3.4028234663852886e38;

const clamped = (e: Emitter, x: string, beta: number): string =>
  e.op("HardSigmoid", [x], { alpha: float(LARGEST), beta: float(beta) });

/** Where y > 0, of a y that is nowhere below 0. */
export const positive = (e: Emitter, y: string): string =>
  e.dtype(y) === "float32" ? clamped(e, y, 0) : e.cast(e.op("Greater", [y, e.scalar(0, y)]), e.dtype(y));

/** Where x is its bound, which it is nowhere above. */
export const reaches = (e: Emitter, x: string, bound: string): string =>
  e.dtype(x) === "float32"
    ? clamped(e, e.sub(x, bound), 1)
    : e.cast(e.op("GreaterOrEqual", [x, bound]), e.dtype(x));
