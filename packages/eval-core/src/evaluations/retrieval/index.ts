/** Retrieval by cosine similarity: by class on datasets of classes, by their ground truth on ROxford5k and RParis6k. */
import type { EvaluationKind } from "../kind.ts";
import { choice } from "../options.ts";
import { probeCost } from "../probes/cost.ts";
import { type RetrievalData, retrievalData } from "./data.ts";
import type { RetrievalEvaluationOptions } from "./options.ts";
import { retrievalDescription } from "./protocol.ts";

const BY_CLASS = ["map", "map-at-10", "recall-at-1", "recall-at-5", "recall-at-10", "map-at-r"];
const LEVELS = ["medium", "hard", "easy"];

export const retrieval: EvaluationKind<RetrievalEvaluationOptions, RetrievalData> = {
  name: "retrieval",
  settings: [{ name: "retrieval", title: "Retrieval" }],
  options: {
    form: choice("--form <form>", ["leave-one-out", "query-gallery"], {
      help: "leave-one-out: test images query each other; query-gallery: test queries train; landmarks have their own queries",
      otherwise: "leave-one-out",
      fingerprint: true,
      example: "query-gallery",
    }),
    apAt: choice("--ap-at <divisor>", ["min(R, k)", "R", "h(k)"], {
      help: "divisor of AP@k: as in landmark challenges, trec_eval and MTEB, or torchmetrics",
      otherwise: "min(R, k)",
      fingerprint: true,
      example: "R",
    }),
    queryCrop: choice("--query-crop <rule>", ["python", "none"], {
      help: "landmark queries: the box as the authors' code crops it, or the whole picture",
      otherwise: "python",
      // Of landmarks alone: a dataset of classes has no boxes.
      fingerprint: false,
      example: "none",
    }),
  },
  data: retrievalData,
  needs: { trains: false, preprocessing: true, seed: false },
  measures: (setting, { slug, task }) => {
    const metrics =
      task === "landmarks"
        ? LEVELS.flatMap((level) => [`map-${level}`, ...[1, 5, 10].map((k) => `mp-at-${k}-${level}`)])
        : task === "multi-class"
          ? BY_CLASS
          : [];
    return metrics.map((metric) => ({ slug: `${setting}/${slug}/${metric}` }));
  },
  describe: retrievalDescription,
  cost: probeCost(
    1,
    ({ train, test, features }, { options }) =>
      4 * test * (options.form === "leave-one-out" ? test : train) * features,
  ),
  run: async (spec, context) => (await import("./run.ts")).runRetrieval(spec, context),
};
