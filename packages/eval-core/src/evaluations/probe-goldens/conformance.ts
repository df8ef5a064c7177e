/** The probes on cached features against golden answers: one folder a probe, each held by its own evaluation. */
import {
  type ConformanceContext,
  type ConformanceKind,
  type Finding,
  findingsOf,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { checkDenseKnn } from "../dense-knn/conformance.ts";
import { checkDenseLinear } from "../dense-linear/conformance.ts";
import { checkFewShotLinear } from "../few-shot-linear/conformance.ts";
import { checkKnn } from "../knn/conformance.ts";
import { checkLinearBn } from "../linear-bn/conformance.ts";
import { checkDinov3 } from "../linear-dinov3/conformance.ts";
import { checkPredictors } from "../predictors/conformance.ts";
import { checkRetrieval } from "../retrieval/conformance.ts";
import { checkRevisited } from "../retrieval/revisited-conformance.ts";
import { checkRobustness } from "../robustness/conformance.ts";

type Check = (folder: GoldenFolder, context: ConformanceContext) => AsyncIterable<Finding>;

const CASES: Readonly<Record<string, Check>> = {
  knn: checkKnn,
  "few-shot-linear": checkFewShotLinear,
  "dinov3-logreg": checkDinov3,
  "bn-linear": checkLinearBn,
  retrieval: checkRetrieval,
  roxford: checkRevisited,
  robustness: checkRobustness,
  predictors: checkPredictors,
  "dense-knn": checkDenseKnn,
  "linear-seg": checkDenseLinear,
};

export const probesConformance: ConformanceKind = {
  kind: "probes",
  title: "k-NN, linear probes, retrieval, robustness, dense probes and predictors on given features",
  usesDevice: true,
  goldens: new URL("../../../golden/probes/", import.meta.url),
  async *check(folder, context) {
    for (const [name, check] of Object.entries(CASES)) {
      if (!folder.has(name)) continue;
      const findings = () => check(folder.folder(name), context);
      for await (const found of findingsOf(name, "the whole case", context.signal, findings)) {
        yield found.name === name ? found : { ...found, name: `${name}: ${found.name}` };
      }
    }
  },
};
