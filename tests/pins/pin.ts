/** The form of a pin, and what all of them have in common. */
import {
  networkName,
  type ProtocolDescription,
} from "../../packages/eval-core/src/evaluations/evaluation.ts";

export interface Pin {
  readonly setting: string;
  readonly title: string;
  readonly fingerprint: string;
  readonly body: unknown;
  readonly identity: string | null;
  /** Slugs of what is recorded under this protocol. */
  readonly measures: readonly string[];
}

export const MANIFEST = "a".repeat(64);
export const NETWORK = networkName({
  sha256: "b".repeat(64),
  layout: { place: "state_dict", naming: "torchvision" },
  normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
});

export function pin(
  { setting, title, fingerprint, body }: ProtocolDescription,
  identity: string | null,
  measures: readonly string[],
): Pin {
  return { setting, title, fingerprint, body, identity, measures };
}
