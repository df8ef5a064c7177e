/** What can be asked of robustness. */
import { readFileSync } from "node:fs";
import { jsonOfFile } from "../../tensor/index.ts";
import { ProtocolError } from "../protocol-error.ts";

/** Test sets that boards know. */
export const TEST_SETS = [
  "imagenet-v2",
  "imagenet-a",
  "imagenet-r",
  "imagenet-sketch",
  "imagenet-real",
  "imagenet-c",
];

export interface TestPlace {
  readonly name: string;
  readonly path: string;
}

export interface ReferenceTable {
  readonly sha256: string;
  /** Errors of each level, fractions, by corruption. */
  readonly errors: Readonly<Record<string, readonly number[]>>;
}

export interface RobustnessOptions {
  readonly tests: readonly TestPlace[];
  /** A reference network's errors on ImageNet-C; without it there is no mCE. */
  readonly reference: ReferenceTable | undefined;
}

/** "imagenet-a=DIR,imagenet-r=DIR" */
export function parseTests(text: string): readonly TestPlace[] {
  const tests = text.split(",").map((part): TestPlace => {
    const at = part.indexOf("=");
    const [name, path] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at > 0 && /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(name) && path !== "") return { name, path };
    throw new ProtocolError(
      `--tests must be name=DIR, separated by commas, names in small letters: found '${part}'`,
    );
  });
  const twice = tests.find(({ name }, i) => tests.findIndex((other) => other.name === name) < i);
  if (twice) throw new ProtocolError(`--tests names ${twice.name} twice`);
  return tests;
}

export function parseReference(file: string, hash: (bytes: Uint8Array) => string): ReferenceTable {
  let bytes: Uint8Array;
  let parsed: unknown;
  try {
    bytes = readFileSync(file);
    parsed = jsonOfFile(bytes, file);
  } catch (error) {
    throw new ProtocolError(`--reference cannot be read: ${(error as Error).message}`);
  }
  const entries = parsed !== null && typeof parsed === "object" ? Object.entries(parsed) : [];
  const isFine = ([, levels]: [string, unknown]) =>
    Array.isArray(levels) &&
    levels.length > 0 &&
    levels.every((e) => typeof e === "number" && e > 0 && e <= 1);
  if (entries.length === 0 || !entries.every(isFine)) {
    throw new ProtocolError(
      `--reference ${file} must hold each corruption's errors by level, as fractions: {"fog": [0.7, 0.8, ...], ...}`,
    );
  }
  return { sha256: hash(bytes), errors: parsed as ReferenceTable["errors"] };
}
