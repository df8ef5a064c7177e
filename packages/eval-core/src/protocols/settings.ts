/** The evaluations that can be asked for by name. */
import type { EpisodeSet } from "./few-shot.ts";
import { FEW_SHOT } from "./few-shot.ts";
import type { LinearMode } from "./linear-record.ts";

export type Setting =
  | { readonly kind: "linear"; readonly name: "many-shot-linear"; readonly mode: LinearMode }
  | {
      readonly kind: "few-shot";
      readonly name: `few-shot-${number}`;
      readonly shot: number;
      /** Episodes given in place of drawn ones. */
      readonly given?: EpisodeSet;
    };

export const SETTING_NAMES: readonly string[] = [
  "many-shot-linear",
  ...FEW_SHOT.shots.map((shot) => `few-shot-${shot}`),
];

/** A setting or mode that is none; the message lists the known ones. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

export function settingNamed(name: string, mode: string, given?: EpisodeSet): Setting {
  if (mode !== "converged" && mode !== "paper-exact") {
    throw new ProtocolError(`unknown mode '${mode}': known are converged, paper-exact`);
  }
  if (name === "many-shot-linear") return { kind: "linear", name, mode };
  const shot = FEW_SHOT.shots.find((known) => name === `few-shot-${known}`);
  if (shot === undefined) {
    throw new ProtocolError(`unknown protocol '${name}': known are ${SETTING_NAMES.join(", ")}`);
  }
  return { kind: "few-shot", name: `few-shot-${shot}`, shot, ...(given ? { given } : {}) };
}
