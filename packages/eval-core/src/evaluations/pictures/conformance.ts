/** What features keep (reconstruction, LPIPS, colour, attention), against PyTorch's answers in float64. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConformanceKind } from "../../conformance/index.ts";
import { attentionFindings } from "../attention/conformance.ts";
import { colourFindings, dipFindings, sixScalesFindings } from "../reconstruction/conformance.ts";
import { lpipsFindings } from "../reconstruction/lpips-conformance.ts";

const goldens = new URL("../../../golden/features/", import.meta.url);
const BACKBONE = join("checkpoint", "torchvision.pth");

/** The backbone of these goldens is one of the checkpoint goldens: of the folder beside, or the one that ships. */
function backboneBeside(folder: string): string {
  const beside = join(folder, "..", BACKBONE);
  return existsSync(beside) ? beside : fileURLToPath(new URL(join("..", BACKBONE), goldens));
}

export const featuresConformance: ConformanceKind = {
  kind: "features",
  title:
    "reconstruction by a deep image prior, LPIPS, colour error and attention, against PyTorch's in float64",
  usesDevice: true,
  goldens,
  async *check(folder, { device, threads, signal }) {
    const where = {
      checkpoint: backboneBeside(folder.path),
      device,
      ...(threads === undefined ? {} : { threads }),
      ...(signal === undefined ? {} : { signal }),
    };
    yield* colourFindings(folder.folder("colour"), signal);
    yield* lpipsFindings(folder.folder("lpips"), signal);
    yield* attentionFindings(folder.folder("attention"), where);
    yield* dipFindings(folder.folder("dip"), where);
    yield* sixScalesFindings(folder.folder("dip"), where);
  },
};
