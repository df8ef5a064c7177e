/** What the protocols of the probes on cached features share: where rows come from, how similarities and ties go. */
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationData } from "../data.ts";
import type { Spec } from "../kind.ts";
import { featuresOrigin } from "../origin.ts";
import { ProtocolError } from "../protocol-error.ts";

/** Version of the tie rules: a change of any of them is another protocol. */
export const TIES = {
  version: 1,
  neighbours: "larger similarity, then smaller index",
  classes: "smaller class",
  hyperparameters: "first of the grid",
} as const;

export const SIMILARITY =
  "cosine in float64 of float32 features, norms of at least 1e-12; a row of zeros is similar to none";

/** The part of a protocol that says where its rows come from. */
export function probeOrigin(spec: Spec<object, Dataset>): Record<string, unknown> {
  return {
    precision: "float64",
    ...featuresOrigin(spec),
    splits: { rule: spec.data.origin.splitRule },
  };
}

/** @throws ProtocolError for a dataset of several labels an image */
export function requireOneLabel(data: EvaluationData & { readonly task: string }, what: string): void {
  if (data.task === "multi-class") return;
  throw new ProtocolError(
    `${data.title} has several labels an image: ${what} needs one label an image; take a dataset with one`,
  );
}
