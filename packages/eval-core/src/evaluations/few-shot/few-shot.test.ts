/** Few-shot against golden/few_shot (exactly), and what it must hold whatever the data. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNpy, SeededRandom } from "../../tensor/index.ts";
import { fingerprint } from "../fingerprint.ts";
import { drawEpisodes, type EpisodeSet, fewShot, fewShotProtocol } from "./evaluate.ts";

const path = (name: string) => fileURLToPath(new URL(`../../../golden/few_shot/${name}`, import.meta.url));
const json = (name: string) => JSON.parse(readFileSync(path(name), "utf8"));

const x = readNpy(path("x.npy"));
const y = readNpy(path("y.npy"));
if (x.dtype !== "float32" || y.dtype !== "int32") throw new TypeError("the golden's types have changed");
const given = json("episodes.json") as EpisodeSet;

describe("the golden's 60 episodes", async () => {
  const expected = json("expected.json") as {
    accuracy_per_episode: number[];
    mean: number;
    std_population: number;
    ci95: number;
  };
  const record = await fewShot({ x, y: y.data, episodes: { given } });

  it("every episode exactly", () => {
    const hits = (values: readonly number[]) => values.map((value) => Math.round(value * 0.75));
    expect(hits(record.accuracyPerEpisode)).toEqual(hits(expected.accuracy_per_episode));
    for (const [i, value] of expected.accuracy_per_episode.entries()) {
      expect(record.accuracyPerEpisode[i]).toBeCloseTo(value, 12);
    }
  });
  it("mean, population deviation and half width", () => {
    expect(record.accuracy).toBeCloseTo(expected.mean, 11);
    expect(record.populationDeviation).toBeCloseTo(expected.std_population, 11);
    expect(record.halfWidth).toBeCloseTo(expected.ci95, 11);
    expect(record.protocol).toEqual(fewShotProtocol(5, { episodes: 60 }));
    expect(record.episodes.seed).toBeNull();
  });
  it("float64 features answer the same", async () => {
    const wide = { shape: x.shape, data: Float64Array.from(x.data) };
    const again = await fewShot({ x: wide, y: y.data, episodes: { given } });
    expect(again.accuracyPerEpisode).toEqual(record.accuracyPerEpisode);
  });
});

describe("drawn episodes", () => {
  const draw = { way: 5, shot: 5, query: 15, count: 20, seed: 7 };

  it("a seed gives one set, and a drawn set can be given back", async () => {
    const set = drawEpisodes(y.data, draw);
    expect(drawEpisodes(y.data, draw)).toEqual(set);
    expect(drawEpisodes(y.data, { ...draw, seed: 8 })).not.toEqual(set);
    const drawn = await fewShot({ x, y: y.data, episodes: { shot: 5, seed: 7, count: 20 } });
    const back = await fewShot({ x, y: y.data, episodes: { given: JSON.parse(JSON.stringify(set)) } });
    expect(back.accuracyPerEpisode).toEqual(drawn.accuracyPerEpisode);
    expect(back.episodes.sha256).toBe(drawn.episodes.sha256);
    expect(drawn.episodes.seed).toBe(7);
  });

  it("classes and images differ within an episode, and labels fit", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 5 }), (seed, way) => {
        const labels = Int32Array.from({ length: 60 }, (_, i) => i % 6);
        for (const { classes, support, query } of drawEpisodes(labels, {
          ...draw,
          way,
          shot: 3,
          query: 7,
          count: 3,
          seed,
        }).episodes) {
          expect(new Set(classes).size).toBe(way);
          const rows = classes.map((_, c) => [...support[c]!, ...query[c]!]);
          expect(new Set(rows.flat()).size).toBe(way * 10);
          for (const [c, own] of rows.entries()) for (const row of own) expect(labels[row]).toBe(classes[c]);
        }
      }),
    );
  });

  it("every class and image has its turn, about equally often", () => {
    const labels = Int32Array.from({ length: 40 }, (_, i) => i % 4);
    const times = new Uint32Array(40);
    for (const { support } of drawEpisodes(labels, { way: 2, shot: 1, query: 1, count: 4000, seed: 1 })
      .episodes) {
      for (const row of support.flat()) times[row]!++;
    }
    // 8,000 draws over 40 images: 200 each, deviation 14; 5 deviations.
    for (const count of times) expect(Math.abs(count - 200)).toBeLessThan(70);
  });

  it("too few images a class: says how many classes qualify", () => {
    const labels = [...Array(30).fill(0), ...Array(30).fill(1), ...Array(5).fill(2)];
    expect(() => drawEpisodes(labels, draw)).toThrow(
      "5-shot episodes with 15 queries need 5 classes of at least 20 images each: 2 of 3 classes have that many",
    );
  });
});

describe("invariances", () => {
  const random = new SeededRandom(0);
  const data = Float64Array.from({ length: 90 * 6 }, () => random.normal());
  const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3);
  const episodes = { way: 3, shot: 4, query: 6, count: 10, seed: 3 };
  const run = (values: Float64Array) => fewShot({ x: { shape: [90, 6], data: values }, y: labels, episodes });

  it("scale, shift and order of features change nothing", async () => {
    const { accuracyPerEpisode } = await run(data);
    expect((await run(data.map((v) => 4 * v))).accuracyPerEpisode).toEqual(accuracyPerEpisode);
    expect((await run(data.map((v) => v + 1))).accuracyPerEpisode).toEqual(accuracyPerEpisode);
    const mirrored = data.map((_, i) => data[i - (i % 6) + 5 - (i % 6)]!);
    expect((await run(mirrored)).accuracyPerEpisode).toEqual(accuracyPerEpisode);
  });

  it("separated classes are all right, and equal features go to the first class", async () => {
    const apart = data.map((v, i) => v + 1000 * labels[Math.floor(i / 6)]!);
    expect((await run(apart)).accuracy).toBe(100);
    expect((await run(apart)).halfWidth).toBe(0);
    expect((await run(data.map(() => 1))).accuracy).toBeCloseTo(100 / 3, 12);
  });
});

describe("bad input gets one sentence", () => {
  const first = given.episodes[0]!;
  const withEpisode = (change: object) => ({ ...given, episodes: [{ ...first, ...change }] });
  const refused = (set: unknown) => expect(fewShot({ x, y: y.data, episodes: { given: set } })).rejects;

  it("episodes that do not fit", async () => {
    await refused([]).toThrow("must be a JSON object");
    await refused({ ...given, shot: 0 }).toThrow("shot: 0");
    await refused({ ...given, episodes: [] }).toThrow("holds no episodes");
    await refused(withEpisode({ classes: [1, 1, 2, 3, 4] })).toThrow("Episode 0 names a class twice");
    await refused(withEpisode({ support: [[1]] })).toThrow("Episode 0's support must be 5 lists");
    await refused(withEpisode({ support: first.support.map(() => [5000, 1, 2, 3, 4]) })).toThrow(
      "image 5000",
    );
    await refused(withEpisode({ support: first.support.toReversed() })).toThrow("its label is");
    await refused(withEpisode({ support: first.query.map((rows) => rows.slice(0, 5)) })).toThrow(
      "an image twice",
    );
  });

  it("features and labels that do not fit", async () => {
    const broken = x.data.slice();
    broken[130] = Number.NaN;
    await expect(
      fewShot({ x: { shape: x.shape, data: broken }, y: y.data, episodes: { given } }),
    ).rejects.toThrow("found NaN at image 1, feature 2");
    await expect(fewShot({ x, y: [1, 2], episodes: { given } })).rejects.toThrow(
      "x has 1000 images, y has 2",
    );
    await expect(fewShot({ x, y: y.data.map(() => -1), episodes: { given } })).rejects.toThrow(
      "Label 0 is -1",
    );
  });

  it("can be interrupted, and tells how far it is", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number) => {
      seen.push(done);
      if (done === 25) stop.abort(new Error("stopped by hand"));
    };
    await expect(
      fewShot({ x, y: y.data, episodes: { given }, onProgress, signal: stop.signal }),
    ).rejects.toThrow("stopped by hand");
    expect(seen).toEqual([0, 25]);
  });
});

it("the settings have three fingerprints, which a changed part changes", () => {
  const prints = [5, 20, 50].map((shot) => fingerprint(fewShotProtocol(shot)));
  expect(new Set(prints).size).toBe(3);
  expect(fingerprint(fewShotProtocol(5, { episodes: 60 }))).not.toBe(prints[0]);
});
