/** The versions that a result depends on: recorded with every run. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Some packages do not export their package.json, so the path is found by hand from their entry point. */
function versionOf(name: string): string {
  const entry = require.resolve(name).replaceAll("\\", "/");
  const home = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length);
  return (JSON.parse(readFileSync(`${home}package.json`, "utf8")) as { version: string }).version;
}

const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Of transferboard itself. */
export const OWN_VERSION = own.version;

export function versions(): Record<"transferboard" | "node" | "onnxruntime" | "sharp", string> {
  return {
    transferboard: OWN_VERSION,
    node: process.versions.node,
    onnxruntime: versionOf("onnxruntime-node"),
    sharp: versionOf("sharp"),
  };
}
