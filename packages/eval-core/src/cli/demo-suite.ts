/**
 * The rest of the demo: every evaluation that there is, on the data and the backbones that ship, so that a newcomer sees every
 * kind of result without a download. Schedules are short where the published ones take days.
 */
import { fileURLToPath } from "node:url";
import { EVALUATIONS } from "../evaluations/registry.ts";
import { settingNamed } from "../evaluations/settings.ts";
import type { EvaluateOptions } from "./evaluate/request.ts";

const shipped = (file: string): string => fileURLToPath(new URL(`../../data/${file}`, import.meta.url));

/** Controls, never methods: what they know comes from drawings, or from nothing. */
const BACKBONES = [
  { checkpoint: shipped("shapes-backbone.pth"), method: "shapes", methodName: "Trained on drawn shapes" },
  {
    checkpoint: shipped("shapes-backbone-random.pth"),
    method: "shapes-untrained",
    methodName: "Drawn shapes, untrained",
  },
] as const;

/** In place of defaults that take hours on two cores. */
const SHORT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "many-shot-finetune": { steps: "100", batch: "16", grid: "0.01/0/centre-crop" },
};

export type DemoEvaluation = Pick<
  EvaluateOptions,
  "checkpoint" | "method" | "methodName" | "family" | "dataset" | "protocol" | "given" | "preprocessing"
>;

/** Every setting on every dataset that ships, the trained backbone before the untrained. */
export async function demoSuite(): Promise<DemoEvaluation[]> {
  const all: DemoEvaluation[] = [];
  for (const kind of EVALUATIONS) {
    for (const { name: protocol } of kind.settings) {
      const given = SHORT[protocol] ?? {};
      const { options } = settingNamed(protocol, given);
      for (const dataset of kind.data.names) {
        if ((await kind.data.locate(dataset, undefined, options)) === undefined) continue;
        for (const backbone of BACKBONES) {
          all.push({
            ...{ ...backbone, family: "CONTROL", dataset, protocol, given },
            ...(kind.needs.preprocessing ? { preprocessing: "shorter-64" } : {}),
          });
        }
      }
    }
  }
  return all;
}
