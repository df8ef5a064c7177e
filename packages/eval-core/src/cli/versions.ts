/** The versions that a result depends on: recorded with every run. */
import { readFileSync } from "node:fs";
import { versionOf } from "../runtime/index.ts";

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
