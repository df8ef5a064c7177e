/** The evaluations that can be asked for by name. */
import type { EpisodeSet } from "./few-shot/evaluate.ts";
import { FEW_SHOT } from "./few-shot/evaluate.ts";
import { type FinetuneSettings, PAPER_SETTINGS } from "./many-shot-finetune/protocol.ts";
import type { LinearMode } from "./many-shot-linear/record.ts";
import { ProtocolError } from "./protocol-error.ts";

export type Setting =
  | { readonly kind: "linear"; readonly name: "many-shot-linear"; readonly mode: LinearMode }
  | {
      readonly kind: "few-shot";
      readonly name: `few-shot-${number}`;
      readonly shot: number;
      /** Episodes given in place of drawn ones. */
      readonly given?: EpisodeSet;
    }
  | { readonly kind: "finetune"; readonly name: "many-shot-finetune"; readonly finetune: FinetuneSettings };

export const SETTING_NAMES: readonly string[] = [
  "many-shot-linear",
  "many-shot-finetune",
  ...FEW_SHOT.shots.map((shot) => `few-shot-${shot}`),
];

export { ProtocolError };

/** What may be asked of a setting beyond its name. */
export interface SettingDetails {
  readonly given?: EpisodeSet | undefined;
  readonly finetune?: Partial<FinetuneSettings>;
}

export function settingNamed(name: string, mode: string, { given, finetune }: SettingDetails = {}): Setting {
  if (mode !== "converged" && mode !== "paper-exact") {
    throw new ProtocolError(`unknown mode '${mode}': known are converged, paper-exact`);
  }
  if (given && !name.startsWith("few-shot-")) {
    throw new ProtocolError(`episodes are of the few-shot protocols: '${name}' has none`);
  }
  if (name === "many-shot-linear") return { kind: "linear", name, mode };
  if (name === "many-shot-finetune")
    return { kind: "finetune", name, finetune: { ...PAPER_SETTINGS, ...finetune } };
  const shot = FEW_SHOT.shots.find((known) => name === `few-shot-${known}`);
  if (shot === undefined) {
    throw new ProtocolError(`unknown protocol '${name}': known are ${SETTING_NAMES.join(", ")}`);
  }
  return { kind: "few-shot", name: `few-shot-${shot}`, shot, ...(given ? { given } : {}) };
}
