/**
 * Putting windows back: the transpose of reading an axis at o*stride + k*dilation - begin, without a scatter
 * operator, by padding, adding and interleaving.
 */
import type { Emitter } from "../emitter.ts";
import type { AxisWindow } from "../geometry.ts";

/** Elements of `axis` spread `step` apart with zeros between: n becomes (n - 1) * step + 1. */
export function interleave(e: Emitter, x: string, axis: number, step: number): string {
  const shape = e.shape(x);
  const size = shape[axis]!;
  if (step === 1 || size === 1) return x;
  const split = e.reshape(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  const zeros = new Array<number>(shape.length + 1).fill(0);
  const padded = e.pad(split, zeros, zeros.with(axis + 1, step - 1));
  const merged = e.reshape(padded, shape.with(axis, size * step));
  return e.slice(merged, [{ axis, start: 0, step: 1, count: (size - 1) * step + 1 }]);
}

/**
 * What every tap of windows over the axes from `axis` on reads of a padded tensor, in the kernel's order. The last axis
 * is cut first: a slice of it copies short rows, and every slice of an earlier axis then copies long ones.
 */
export function readTaps(e: Emitter, padded: string, windows: readonly AxisWindow[], axis: number): string[] {
  const [w, ...rest] = windows;
  if (w === undefined) return [padded];
  const inner = readTaps(e, padded, rest, axis + 1);
  return Array.from({ length: w.kernel }, (_, k) =>
    inner.map((part) => e.slice(part, [{ axis, start: k * w.dilation, step: w.stride, count: w.output }])),
  ).flat();
}

/** Where tap k of windows lies among every stride-th element of the input: output o reads element o + shift of `phase`. */
function placeOf(k: number, w: AxisWindow): { phase: number; shift: number } {
  const offset = k * w.dilation - w.begin;
  const shift = Math.floor(offset / w.stride);
  return { phase: offset - shift * w.stride, shift };
}

/**
 * What every tap of windows over one axis reads of a tensor that is not padded, with `fill` in place of padding. Every
 * stride-th element is cut out once a phase, element by element; the taps of a phase are rows of it.
 */
export function readUnpaddedTaps(e: Emitter, x: string, w: AxisWindow, axis: number, fill: number): string[] {
  const zeros = e.shape(x).map(() => 0);
  return Array.from({ length: w.kernel }, (_, k) => {
    const { phase, shift } = placeOf(k, w);
    const count = Math.max(0, Math.ceil((w.size - phase) / w.stride));
    // Nothing but padding is read.
    if (shift >= count || shift + w.output <= 0)
      return e.expand(e.scalar(fill, x), e.shape(x).with(axis, w.output));
    const every = e.slice(x, [{ axis, start: phase, step: w.stride, count }]);
    return e.pad(every, zeros.with(axis, -shift), zeros.with(axis, shift + w.output - count), fill);
  });
}

/**
 * Adds contributions back along one axis. `taps[k]` holds what every output sends through tap k (undefined:
 * nothing). Taps of the same phase are shifted and added; the `stride` sums are interleaved.
 */
export function scatterTaps(
  e: Emitter,
  taps: readonly (string | undefined)[],
  axis: number,
  w: AxisWindow,
): string {
  const like = taps.find((tap) => tap !== undefined)!;
  const shape = e.shape(like);
  const zeros = new Array<number>(shape.length).fill(0);
  const length = Math.ceil(w.size / w.stride);
  const phases = new Array<string | undefined>(w.stride).fill(undefined);
  for (const [k, tap] of taps.entries()) {
    if (tap === undefined) continue;
    const { phase, shift } = placeOf(k, w);
    if (shift >= length || shift + w.output <= 0) continue;
    const moved = e.pad(tap, zeros.with(axis, shift), zeros.with(axis, length - shift - w.output));
    const before = phases[phase];
    phases[phase] = before === undefined ? moved : e.add(before, moved);
  }
  if (phases.every((phase) => phase === undefined)) return e.zeros(shape.with(axis, w.size), like);
  const merged = mergePhases(e, phases, axis, shape.with(axis, length));
  return e.slice(merged, [{ axis, start: 0, step: 1, count: w.size }]);
}

function mergePhases(
  e: Emitter,
  phases: readonly (string | undefined)[],
  axis: number,
  shape: readonly number[],
): string {
  if (phases.length === 1) return phases[0]!;
  const present = phases.filter((phase) => phase !== undefined);
  const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const target = shape.with(axis, shape[axis]! * phases.length);
  if (present.length === 1) {
    // Only zeros between: padding is cheaper than a concatenation with them.
    const at = phases.findIndex((phase) => phase !== undefined);
    const zeros = new Array<number>(split.length).fill(0);
    const padded = e.pad(
      e.reshape(present[0]!, split),
      zeros.with(axis + 1, at),
      zeros.with(axis + 1, phases.length - 1 - at),
    );
    return e.reshape(padded, target);
  }
  const parts = phases.map((phase) => (phase ? e.reshape(phase, split) : e.zeros(split, present[0]!)));
  return e.reshape(e.concat(parts, axis + 1), target);
}
