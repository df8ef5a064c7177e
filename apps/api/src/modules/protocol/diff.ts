/** Which fields of two JSON values differ, each by its pointer. */
import { jsonPointer, type Path } from "../submission/faults/fault.ts";

export interface Difference {
  readonly path: string;
  /** Undefined where the field is absent. */
  readonly left: unknown;
  readonly right: unknown;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

export function differences(left: unknown, right: unknown, path: Path = []): Difference[] {
  if (isTree(left) && isTree(right) && Array.isArray(left) === Array.isArray(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return keys.flatMap((key) => differences(left[key], right[key], [...path, key]));
  }
  return Object.is(left, right) ? [] : [{ path: jsonPointer(path), left, right }];
}
