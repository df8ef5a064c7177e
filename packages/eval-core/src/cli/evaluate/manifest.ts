/** A dataset's manifest hash, with what was hashed before remembered: a second look reads no image again. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EvaluationData } from "../../evaluations/data.ts";
import type { Context } from "../context.ts";
import { timed } from "../terminal.ts";

export async function manifestOf(
  dataset: EvaluationData,
  { terminal, signal }: Context,
  cacheFolder: string,
): Promise<string> {
  const known = join(cacheFolder, "manifests");
  mkdirSync(known, { recursive: true });
  const step = timed(terminal.step(`${dataset.title}: hashing the images`));
  const manifest = await dataset.manifestHash({
    cacheFile: join(known, `${dataset.name}.json`),
    onProgress: (done, total) => step.update(done, total),
    signal,
  });
  step.end();
  return manifest;
}
