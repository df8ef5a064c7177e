/** What makes two retrieval values comparable, and the options that change it. */
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { probeOrigin, requireOneLabel, SIMILARITY, TIES } from "../probes/protocol.ts";
import { isLandmarkData, type RetrievalData } from "./data.ts";
import type { RetrievalEvaluationOptions } from "./options.ts";
import { PROTOCOLS } from "./revisited.ts";

/** Those with measures; 20 is in the record. */
export const RECALL_AT = [1, 5, 10, 20] as const;

export function retrievalDescription(
  spec: Spec<RetrievalEvaluationOptions, RetrievalData>,
): ProtocolDescription {
  const { form, apAt, queryCrop } = spec.options;
  const shared = { evaluation: "retrieval", version: 1, similarity: SIMILARITY, ties: { ...TIES } };
  if (isLandmarkData(spec.data)) {
    const body = {
      ...shared,
      form: "queries ask the database",
      ap: "trapezoid",
      protocols: Object.fromEntries(
        Object.entries(PROTOCOLS).map(([name, { positive, out }]) => [
          name,
          { positive: [...positive], out: [...out] },
        ]),
      ),
      queryCrop,
      // The product's own crop: comparable among methods here, not with values of images at their own aspect.
      imsize: "by preprocessing",
      scales: [1],
      empty: "left out",
      ...probeOrigin(spec),
    };
    return describeProtocol("retrieval", "Landmark retrieval, revisited", body);
  }
  requireOneLabel(spec.data, "retrieval");
  const body = {
    ...shared,
    form,
    rows: form === "leave-one-out" ? "test asks itself" : "test asks train",
    self: form === "leave-one-out" ? "index" : "none",
    ap: "mean of the precisions at the positives",
    atK: apAt,
    ks: [...RECALL_AT],
    recall: "1 where a positive is among the first k",
    empty: "left out",
    ...probeOrigin(spec),
  };
  return describeProtocol("retrieval", `Retrieval by class, ${form}`, body);
}
