/**
 * What two runs must share for their numbers to be equal to the last bit: the code that computes, the versions under it, the
 * device. A solver that another version begins and this one ends stops within its tolerance, but not where either would.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { versionOf } from "../../runtime/index.ts";
import type { RunContext } from "../kind.ts";

/** Rooms that a probe's numbers come from, once there are features. */
const ROOMS = ["tensor", "onnx", "optim", "runtime", "probe", "metrics", "stats", "evaluations"];

export const madeBy = ({ device, threads }: Pick<RunContext, "device" | "threads">): string =>
  JSON.stringify({
    code: codeHash(),
    node: process.versions.node,
    onnxruntime: versionOf("onnxruntime-node"),
    architecture: process.arch,
    device,
    threads: threads ?? availableParallelism(),
  });

let known: string | undefined;

/** Of the sources of these rooms, tests left out. */
function codeHash(): string {
  known ??= hashOfSources();
  return known;
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  const src = new URL("../../", import.meta.url);
  for (const room of ROOMS) {
    const folder = fileURLToPath(new URL(room, src));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => /(?<!\.test)\.ts$/.test(name)).sort()) {
      hash.update(`${room}/${file}\n`).update(readFileSync(`${folder}/${file}`));
    }
  }
  return hash.digest("hex");
}
