/** What makes two values of a predictor comparable: which rows, which window, which version. */
import type { Dataset } from "../../datasets/index.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";
import { probeOrigin } from "../probes/protocol.ts";
import type { LogMeVersion } from "./logme.ts";

/** RankMe's number of rows. */
export const SAMPLE = 25_600;

export interface PredictorOptions {
  /** All rows of train, or 25,600 drawn by the seed. */
  readonly rows: "all" | "sample";
  readonly logme: LogMeVersion;
}

/** How many rows a run looks at: it caps RankMe and the ranks, so it is part of the protocol. */
export function rowsLookedAt({ data, options }: Spec<PredictorOptions, Dataset>): number {
  const n = data.splits.train.length;
  return options.rows === "all" ? n : Math.min(n, SAMPLE);
}

export function predictorDescription(spec: Spec<PredictorOptions, Dataset>): ProtocolDescription {
  const { rows, logme } = spec.options;
  const body = {
    evaluation: "predictor",
    version: 1,
    rows: {
      of: "train split",
      chosen:
        rows === "all"
          ? "all"
          : `NumPy's legacy generator of seed ${spec.seed}, permutation, the first ${SAMPLE}`,
      n: rowsLookedAt(spec),
    },
    rankme: { epsilon: 1e-7, centred: false, values: "min(rows, features)" },
    stableRank: { centred: false },
    nesum: { centred: true },
    alphaReq: { from: 12, to: 100, weights: "1 / rank", smallest: 1e-12, fewestRanks: 5 },
    logme: {
      ...{ version: logme, centred: false },
      ...(spec.data.task === "multi-label" ? { targets: "each label's column of 0 and 1" } : {}),
    },
    ...probeOrigin(spec),
  };
  return describeProtocol("predictor", "Predictors of transfer from features alone", body);
}
