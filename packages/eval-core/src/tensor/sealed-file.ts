/**
 * Files of a cache: the SHA-256 of what follows, then what was kept. A byte that changed on the disk is found, so what
 * was kept is computed anew and never read as something else.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { writeFileAtomically } from "./atomic-file.ts";

const SEAL_BYTES = 32;

/** Written whole, as `writeFileAtomically`. */
export function writeSealed(path: string, bytes: Uint8Array): void {
  writeFileAtomically(path, [sealOf(bytes), bytes]);
}

/** What was kept, in memory of its own; undefined where nothing is. A damaged file is removed, and told of. */
export function readSealed(path: string, onDamage?: (sentence: string) => void): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  const file = readFileSync(path);
  // A copy: small files come out of a shared pool, at offsets that floats cannot start at.
  const bytes = new Uint8Array(file.subarray(SEAL_BYTES));
  if (file.length >= SEAL_BYTES && sealOf(bytes).equals(file.subarray(0, SEAL_BYTES))) return bytes;
  rmSync(path, { force: true });
  onDamage?.(`${path} is damaged: what it kept is computed anew`);
  return undefined;
}

/** The JSON value that was kept. */
export function readSealedJson(path: string, onDamage?: (sentence: string) => void): unknown {
  const bytes = readSealed(path, onDamage);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

export function writeSealedJson(path: string, value: unknown): void {
  writeSealed(path, new TextEncoder().encode(JSON.stringify(value)));
}

const sealOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
