/**
 * Attention and the narrow reconstruction of the feature goldens on WebGPU, in a process of its own, for a driver is found
 * by the environment that a process starts with. Prints a line of JSON a finding.
 *
 *     node features-webgpu-run.ts attention|dip
 */
import { fileURLToPath } from "node:url";
import { GoldenFolder } from "../../conformance/index.ts";
import { attentionFindings } from "../attention/conformance.ts";
import { dipFindings } from "../reconstruction/conformance.ts";

const golden = (path: string) => fileURLToPath(new URL(`../../../golden/${path}`, import.meta.url));
const where = { checkpoint: golden("checkpoint/torchvision.pth"), device: "webgpu" } as const;
using folder = new GoldenFolder(golden("features"));
const findings =
  process.argv[2] === "dip"
    ? dipFindings(folder.folder("dip"), where)
    : attentionFindings(folder.folder("attention"), where);
for await (const one of findings) console.log(JSON.stringify(one));
