/** The version of an installed package: some do not export their package.json, so it is found from their entry point. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export function versionOf(name: string): string {
  const entry = require.resolve(name).replaceAll("\\", "/");
  const home = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length);
  return (JSON.parse(readFileSync(`${home}package.json`, "utf8")) as { version: string }).version;
}
