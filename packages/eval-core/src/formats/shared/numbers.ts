/** Numbers as files write them, and moments. */
import { shiftDecimal } from "../../tensor/index.ts";

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
const NOT_FINITE = /^[-+]?(nan|inf|infinity)$/i;

export type CellNumber =
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "blank" | "not-finite" | "not-a-number" };

export function cellNumber(text: string): CellNumber {
  const trimmed = text.trim();
  if (trimmed === "") return { is: "blank" };
  if (NOT_FINITE.test(trimmed)) return { is: "not-finite" };
  if (!NUMBER.test(trimmed)) return { is: "not-a-number" };
  const value = Number(trimmed);
  return Number.isFinite(value) ? { is: "number", value } : { is: "not-finite" };
}

/** A fraction as a percentage and back, by moving the decimal point of its shortest text. */
export const toPercent = (fraction: number): number => shiftDecimal(fraction, 2);
export function toFraction(percent: number): number {
  const near = shiftDecimal(percent, -2);
  if (toPercent(near) === percent) return near;
  // Fractions lie closer together than their percentages: one of those next to it reads back as what is written.
  for (let step = 1n; step <= 8n; step++) {
    const found = [neighbour(near, step), neighbour(near, -step)].find((one) => toPercent(one) === percent);
    if (found !== undefined) return found;
  }
  return near;
}

/**
 * The text that a value was read from, while it still reads back as the value.
 * @param read from the file's scale to the value's
 */
export function textAsRead(
  { value, extra }: { readonly value: number; readonly extra: Readonly<Record<string, unknown>> },
  read: (written: number) => number = (written) => written,
): string | undefined {
  const { raw } = extra;
  return typeof raw === "string" && read(Number(raw)) === value ? raw : undefined;
}

/** An interval's ends in a file's own scale, with the value between them as the file has it: rounding may pass it by a step. */
export const endsAround = (
  value: number,
  [lower, upper]: readonly [number, number],
  scale: (end: number) => number,
): [number, number] => [Math.min(scale(lower), value), Math.max(scale(upper), value)];

/** So many doubles away. */
export function neighbour(value: number, steps: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + steps);
  return view.getFloat64(0);
}

/** Seconds since 1970 as a moment; milliseconds where there are any. */
export function momentOf(seconds: number): string | null {
  const at = new Date(Math.floor(seconds * 1000));
  if (Number.isNaN(at.getTime())) return null;
  const text = at.toISOString();
  return Number.isInteger(seconds) ? text.replace(".000Z", "Z") : text;
}

/** An ISO date or moment in UTC as it is kept: a date stays a date. Null for what is none. */
export function dateOf(text: unknown): string | null {
  if (text instanceof Date) return Number.isNaN(text.getTime()) ? null : plainMoment(text);
  if (typeof text !== "string") return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const at = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null;
  }
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)) return null;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
  const at = new Date(zoned.replace(" ", "T").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(at.getTime()) ? null : plainMoment(at);
}

const plainMoment = (at: Date) => at.toISOString().replace(".000Z", "Z");

/** Unix seconds, or seconds as text, or an ISO date. */
export function anyMoment(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? momentOf(value) : null;
  if (typeof value !== "string") return null;
  return /^\d+(\.\d+)?$/.test(value) ? momentOf(Number(value)) : dateOf(value);
}

/** Of a moment, as Unix seconds; NaN for a date that is none. */
export const secondsOf = (moment: string): number => Date.parse(moment) / 1000;
