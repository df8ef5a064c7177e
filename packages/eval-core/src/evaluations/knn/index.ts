/** k-nearest neighbours on frozen features by DINO's weighted vote: no training, nothing to choose. */
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { choice, text } from "../options.ts";
import { probeCost } from "../probes/cost.ts";
import { ProtocolError } from "../protocol-error.ts";
import { recognition } from "../recognition.ts";
import { type KnnEvaluationOptions, KS, knnDescription, RANKED_K } from "./protocol.ts";

export const knn: EvaluationKind<KnnEvaluationOptions, Dataset> = {
  name: "knn",
  settings: [{ name: "knn", title: "k nearest neighbours" }],
  options: {
    ks: text("--ks <list>", {
      help: "numbers of neighbours, separated by commas; numbers without a measure are kept in the run's record",
      otherwise: KS,
      otherwiseInWords: KS.join(","),
      fingerprint: true,
      example: "5,20",
      parse: parseKs,
    }),
    temperature: text("--temperature <number>", {
      help: "temperature of the votes",
      otherwise: 0.07,
      fingerprint: true,
      example: "0.05",
      parse: parseTemperature,
    }),
    self: choice("--self <rule>", ["none", "index", "first"], {
      help: "evaluate on train instead of test, leaving out the image itself (index) or the nearest neighbour (first)",
      otherwise: "none",
      fingerprint: true,
      example: "index",
    }),
  },
  data: recognition(["multi-class"]),
  needs: { trains: false, preprocessing: true, seed: false },
  measures: (setting, { slug, task, classCount }) =>
    task !== "multi-class"
      ? []
      : [
          `top-1-k${RANKED_K}`,
          ...KS.filter((k) => k !== RANKED_K).map((k) => `top-1-k${k}`),
          ...(classCount === undefined || classCount >= 5 ? [`top-5-k${RANKED_K}`] : []),
          `mean-per-class-accuracy-k${RANKED_K}`,
        ].map((metric) => ({ slug: `${setting}/${slug}/${metric}` })),
  describe: knnDescription,
  cost: probeCost(1, ({ train, test, features }) => 2 * train * test * features),
  run: async (spec, context) => (await import("./run.ts")).runKnn(spec, context),
};

function parseKs(list: string): readonly number[] {
  const ks = list.split(",").map(Number);
  if (!ks.every((k) => Number.isInteger(k) && k >= 1)) {
    throw new ProtocolError(`--ks must be whole numbers from 1 up, separated by commas, not '${list}'`);
  }
  if (!ks.some((k) => (KS as readonly number[]).includes(k))) {
    throw new ProtocolError(`--ks must hold one of ${KS.join(", ")}, which have measures; found '${list}'`);
  }
  return [...new Set(ks)].sort((a, b) => a - b);
}

function parseTemperature(given: string): number {
  const temperature = Number(given);
  if (given.trim() !== "" && temperature > 0 && Number.isFinite(temperature)) return temperature;
  throw new ProtocolError(`--temperature must be a number above 0, not '${given}'`);
}
