/** What makes two k-NN accuracies comparable, and the options that change it. */
import type { Dataset } from "../../datasets/index.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { probeOrigin, requireOneLabel, SIMILARITY, TIES } from "../probes/protocol.ts";
import type { Self } from "./classify.ts";

/** Those that have measures; 20 is what papers print. */
export const KS = [10, 20, 100, 200] as const;
export const RANKED_K = 20;

export interface KnnEvaluationOptions {
  readonly ks: readonly number[];
  readonly temperature: number;
  /** Rows of train that ask among themselves, and how each is left out; "none": test asks train. */
  readonly self: Self;
}

export function knnDescription(spec: Spec<KnnEvaluationOptions, Dataset>): ProtocolDescription {
  const { ks, temperature, self } = spec.options;
  requireOneLabel(spec.data, "k-NN");
  const body = {
    evaluation: "knn",
    version: 1,
    rows: self === "none" ? "test asks train" : "train asks itself",
    self,
    similarity: SIMILARITY,
    ks: [...ks],
    temperature,
    votes: "exp((s - s1) / temperature)",
    top5: "among the min(5, k) classes of most votes; a class without a vote never counts",
    beyond: "a k above the number of rows becomes that number",
    ties: { ...TIES },
    ...probeOrigin(spec),
  };
  return describeProtocol("knn", "k-nearest neighbours, weighted vote", body);
}
