/**
 * The golden files of this folder: compressed JSON, by case. `node tests/pins/add.ts` adds the cases that are new and
 * changes none: a recorded fingerprint that moved would orphan every result under it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

export type Golden = Record<string, unknown>;

const pathOf = (name: string) => fileURLToPath(new URL(`golden/${name}.json.gz`, import.meta.url));

export function readGolden(name: string): Golden {
  const path = pathOf(name);
  return existsSync(path) ? JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")) : {};
}

/** Adds what is new; answers how many. */
export function addToGolden(name: string, found: Golden): number {
  const known = readGolden(name);
  const added = Object.entries(found).filter(([key]) => !Object.hasOwn(known, key));
  const text = JSON.stringify({ ...known, ...Object.fromEntries(added) });
  writeFileSync(pathOf(name), gzipSync(text, { level: 9 }));
  return added.length;
}
