/** JSON and YAML files as trees: values with their pointers and the text that a number was written with. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { JsonError, parseJson } from "../../tensor/index.ts";
import type { FaultSink, TextFile } from "./format.ts";

export type Path = readonly (string | number)[];

/** RFC 6901, below a prefix. */
export const pointer = (prefix: string, ...path: Path): string =>
  `${prefix}${path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}` ||
  "/";

export interface Tree {
  readonly value: unknown;
  /** A number's text, where it is not its shortest. */
  readonly written: ReadonlyMap<string, string>;
}

/** Null where it does not parse; the fault is told then, at the file. */
export function readJson(file: TextFile, prefix: string, faults: FaultSink): Tree | null {
  try {
    const { value, repeated, written } = parseJson(file.text);
    for (const path of repeated) {
      faults.fault(pointer(prefix, ...path), "duplicate", `The field '${path.at(-1)}' is told twice here.`);
    }
    return { value, written };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    faults.fault(prefix || "/", "not-json", `${file.name} is not valid JSON: ${error.message}.`);
    return null;
  }
}

/** Longer than real files are. */
const LONGEST_YAML = 2_000_000;

/**
 * Null where it does not parse; the fault is told then, at the file.
 * @param options longest: letters that are read; before: lines of the file that stand before the text
 */
export function readYaml(
  text: string,
  prefix: string,
  faults: FaultSink,
  { longest = LONGEST_YAML, before = 0 }: { longest?: number; before?: number } = {},
): Tree | null {
  const refuse = (why: string): null => {
    faults.fault(prefix || "/", "not-yaml", why);
    return null;
  };
  if (text.length > longest)
    return refuse(`The YAML has ${text.length} letters: at most ${longest} are read.`);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: "1.2" });
  const [error] = document.errors;
  if (error) {
    const what = error.code === "DUPLICATE_KEY" ? "A field is told twice" : "The text is not valid YAML";
    return refuse(`${what}, in line ${before + (error.linePos?.[0].line ?? 1)}.`);
  }
  const written = new Map<string, string>();
  try {
    const value = document.toJS({ maxAliasCount: 0 }) as unknown;
    noteNumbers(document.contents, "", written);
    return { value, written };
  } catch {
    return refuse("The YAML uses aliases, which are not read here.");
  }
}

function noteNumbers(node: Node | null, at: string, written: Map<string, string>): void {
  if (isScalar(node)) {
    if (typeof node.value === "number" && node.source !== undefined && node.source !== String(node.value)) {
      written.set(at, node.source);
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, i) => {
      noteNumbers(item as Node, pointer(at, i), written);
    });
  } else if (isMap(node)) {
    for (const { key, value } of node.items)
      noteNumbers(value as Node | null, pointer(at, String(key)), written);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

/** What JSON cannot say, as it is kept: "NaN", "Infinity". */
export function plain(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

/** Fields that none of the known names is. */
export const otherFields = (fields: Fields, known: readonly string[]): Fields =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([key]) => !known.includes(key))
      .map(([key, value]) => [key, plain(value)]),
  );

/** A score: its number, or the fault that is told. */
export function scoreOf(value: unknown, place: string, faults: FaultSink): number | undefined {
  if (value === undefined || value === null)
    faults.fault(place, "missing", "There is no value: a number was expected.");
  else if (typeof value !== "number") {
    faults.fault(place, "not-a-number", `${JSON.stringify(plain(value)).slice(0, 60)} is not a number.`);
  } else if (!Number.isFinite(value)) faults.fault(place, "not-finite", `${value} is not a finite number.`);
  else return value;
  return undefined;
}

/** Whether the value lies within the bounds; the fault is told where not. */
export function within(
  value: number,
  lower: number | null,
  upper: number | null,
  place: string,
  faults: FaultSink,
): boolean {
  if ((lower === null || value >= lower) && (upper === null || value <= upper)) return true;
  faults.fault(
    place,
    "out-of-bounds",
    `${value} lies outside ${lower ?? "-infinity"} to ${upper ?? "infinity"}.`,
  );
  return false;
}

/** Python's way to write JSON: two or four blanks, bare words for what is not finite. */
export const toJson = (value: unknown, indent = 2): string => `${JSON.stringify(value, null, indent)}\n`;
