/** What can be asked of retrieval. */
import type { ApAtK } from "../../metrics/retrieval.ts";

export interface RetrievalEvaluationOptions {
  /** Test rows ask each other, or test asks train. */
  readonly form: "leave-one-out" | "query-gallery";
  readonly apAt: ApAtK;
  readonly queryCrop: "python" | "none";
}
