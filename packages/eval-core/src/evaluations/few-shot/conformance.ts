/** Nearest-centroid accuracies of given episodes: every episode exactly. */
import { type ConformanceKind, finding, findingsOf, largestDifference } from "../../conformance/index.ts";
import { type EpisodeSet, fewShot } from "./evaluate.ts";

interface Expected {
  readonly accuracy_per_episode: number[];
  readonly mean: number;
  readonly std_population: number;
  readonly ci95: number;
}

export const fewShotConformance: Pick<ConformanceKind, "check"> = {
  async *check(folder, { signal }) {
    yield* findingsOf("episodes", "accuracies in percent", signal, async () => {
      const expected = folder.json<Expected>("expected.json");
      const given = folder.json<EpisodeSet>("episodes.json");
      const record = await fewShot({
        x: folder.npyOf("x.npy", "float32"),
        y: folder.npyOf("y.npy", "int32").data,
        episodes: { given },
        ...(signal ? { signal } : {}),
      });
      const { mean, std_population, ci95 } = expected;
      return [
        finding(
          `${given.episodes.length} episodes`,
          "accuracy of each, in percent",
          largestDifference(record.accuracyPerEpisode, expected.accuracy_per_episode),
          // A single query more or less would be 100 / 75.
          1e-9,
        ),
        finding(
          "all together",
          "mean, deviation, half width, in percent",
          largestDifference(
            [record.accuracy, record.populationDeviation, record.halfWidth],
            [mean, std_population, ci95],
          ),
          1e-9,
        ),
      ];
    });
  },
};
