/** Few-shot evaluation: nearest centroid on frozen features over seeded 5-way episodes. */
import { conformanceOnUse } from "../../conformance/index.ts";
import type { Dataset } from "../../datasets/index.ts";
import type { EvaluationKind } from "../kind.ts";
import { path } from "../options.ts";
import { featuresOrigin } from "../origin.ts";
import { probeCost } from "../probes/cost.ts";
import { ProtocolError } from "../protocol-error.ts";
import { recognition } from "../recognition.ts";
import { readEpisodes } from "./episodes-file.ts";
import { FEW_SHOT, type FewShotEvaluationOptions, fewShotDescription, shotOf } from "./protocol.ts";

export const fewShot: EvaluationKind<FewShotEvaluationOptions, Dataset> = {
  name: "few-shot",
  settings: FEW_SHOT.shots.map((shot) => ({
    name: `few-shot-${shot}`,
    title: `Few-shot, ${FEW_SHOT.way}-way ${shot}-shot`,
  })),
  options: {
    episodes: path("--episodes <file>", "file", {
      help: "file of episodes to use instead of random ones",
      otherwise: undefined,
      fingerprint: true,
      parse: readEpisodes,
    }),
  },
  data: recognition(["multi-class"]),
  needs: { trains: false, preprocessing: true, seed: true },
  measures: (setting, { slug, task }) =>
    task === "multi-class" ? [{ slug: `${setting}/${slug}/accuracy` }] : [],
  describe(spec) {
    const { data, options, setting } = spec;
    if (data.task !== "multi-class") {
      throw new ProtocolError(`${data.title} has several labels an image: few-shot episodes need one`);
    }
    return fewShotDescription(shotOf(setting), options.episodes, featuresOrigin(spec));
  },
  // Centroids of the support, then three operations a feature of each query and centroid.
  cost: probeCost(1, ({ features }, { setting }) => {
    const { episodes, way, query } = FEW_SHOT;
    return episodes * way * (shotOf(setting) + 3 * way * query) * features;
  }),
  run: async (spec, context) => (await import("./run.ts")).runFewShot(spec, context),
  given: {
    layout: "x.npy and y.npy (samples x features in float32, class numbers)",
    run: async (folder, setting, options, context) =>
      (await import("./given.ts")).evaluateGiven(folder, setting, options, context),
  },
  conformance: [
    conformanceOnUse(
      {
        kind: "few-shot",
        title: "accuracies of given episodes by nearest centroid",
        usesDevice: false,
        goldens: new URL("../../../golden/few_shot/", import.meta.url),
      },
      async () => (await import("./conformance.ts")).fewShotConformance,
    ),
  ],
};
