/**
 * Stored predictions through the API: what two methods' difference is worth, held against the images counted one by one from
 * the file that people download; ties on a board; images that all miss.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NumpyRandomState } from "@transferboard/eval-core/tensor";
import { recordEvaluation } from "@transferboard/eval-core/warehouse";
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";
import { DIGITS, recordDigits } from "./predicted.ts";

let api: Api;
let runs: ReadonlyMap<string, string>;
const folder = mkdtempSync(join(tmpdir(), "artefacts-"));
beforeAll(async () => {
  api = await startApi({ artefactsFolder: folder });
  runs = await recordDigits(api.database.client, folder);
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

const globalId = (slug: string) => Buffer.from(`Run:${runs.get(slug)}`).toString("base64");

async function tableOf(slug: string) {
  const { predictions } = await api.read(
    `query ($run: ID!) { predictions(run: $run) { sha256 testSet kind measures url images(first: 2) { totalCount
      nodes { image item truth right classes { class logit } } pageInfo { endCursor hasNextPage } } } }`,
    { variables: { run: globalId(slug) } },
  );
  const csv = await (await fetch(`${api.url}/predictions/${predictions.sha256}.csv`)).text();
  const byRun = await fetch(`${api.url}/predictions/runs/${runs.get(slug)}.csv`);
  expect(await byRun.text()).toBe(csv);
  const right = csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[3] === "true");
  return { predictions, right };
}

const SIGNIFICANCE = `query ($a: String!, $b: String!, $seed: Int) { significance(a: $a, b: $b, measure: "${DIGITS}", seed: $seed) {
  images valueA valueB difference test pValue exactP onlyA onlyB interval { lower upper } bootstrap { lower upper } resamples seed about } }`;

/** C(n, k) / 2^n without special functions. */
function binomialHalf(n: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++) row = [...row, 0].map((value, k) => (value + (row[k - 1] ?? 0)) / 2);
  return row;
}

it("equals what counting the images one by one gives: McNemar's p and the bootstrap's interval", async () => {
  const [a, b] = ["nearest-neighbour", "nearest-mean"];
  const [first, second] = [await tableOf(a), await tableOf(b)];
  expect(first.predictions).toMatchObject({
    kind: "classes",
    measures: [DIGITS],
    images: { totalCount: 600 },
  });
  expect(first.predictions.images.nodes[0]).toMatchObject({ image: 0, right: true });
  expect(first.predictions.images.nodes[0].classes).toHaveLength(5);
  expect(second.predictions.testSet).toBe(first.predictions.testSet);
  const onlyA = first.right.filter((right, i) => right && !second.right[i]).length;
  const onlyB = second.right.filter((right, i) => right && !first.right[i]).length;
  const chances = binomialHalf(onlyA + onlyB);
  const least = Math.min(onlyA, onlyB);
  const tail = chances.slice(0, least + 1).reduce((sum, chance) => sum + chance, 0);
  const random = new NumpyRandomState(0);
  const drawn = Array.from({ length: 2_000 }, () => {
    let sum = 0;
    for (let i = 0; i < 600; i++) {
      const image = random.interval(599);
      sum += Number(first.right[image]) - Number(second.right[image]);
    }
    return (100 * sum) / 600;
  }).sort((x, y) => x - y);
  const quantile = (q: number) => {
    const at = q * (drawn.length - 1);
    const low = Math.floor(at);
    return drawn[low]! + (at - low) * (drawn[low + 1]! - drawn[low]!);
  };

  const { significance } = await api.read(SIGNIFICANCE, { variables: { a, b } });
  expect(significance).toMatchObject({
    images: 600,
    test: "MCNEMAR",
    onlyA,
    onlyB,
    resamples: 2_000,
    seed: 0,
  });
  expect(significance.exactP).toBeCloseTo(Math.min(1, 2 * tail), 12);
  expect(significance.pValue).toBeCloseTo(2 * tail - chances[least]!, 12);
  expect(significance.difference).toBeCloseTo((100 * (onlyA - onlyB)) / 600, 9);
  expect(significance.bootstrap.lower).toBeCloseTo(quantile(0.025), 9);
  expect(significance.bootstrap.upper).toBeCloseTo(quantile(0.975), 9);
  expect(significance.about).toContain("these trained models");
  const other = await api.read(SIGNIFICANCE, { variables: { a, b, seed: 1 } });
  expect(other.significance.bootstrap).not.toEqual(significance.bootstrap);
  expect(other.significance.pValue).toBe(significance.pValue);
});

it("joins on a board the neighbours that cannot be told apart, and says what the images can show", async () => {
  const { leaderboard, pairs } = await api.read(
    `{ leaderboard(suite: "${DIGITS}", among: ALL) { edges { node { method { slug } } } }
      pairs(suite: "${DIGITS}", among: ALL) { without images resolution sentence methods { slug } groups { letter methods { slug } }
        pairs { a { slug } b { slug } pValue holm benjaminiHochberg separated } } }`,
  );
  expect(pairs.methods.map(({ slug }: { slug: string }) => slug)).toEqual(
    leaderboard.edges.map(({ node }: { node: { method: { slug: string } } }) => node.method.slug),
  );
  expect(pairs.pairs).toHaveLength(6);
  const separated = (a: string, b: string) =>
    pairs.pairs.find(
      (pair: { a: { slug: string }; b: { slug: string } }) =>
        [pair.a.slug, pair.b.slug].includes(a) && [pair.a.slug, pair.b.slug].includes(b),
    ).separated;
  expect(separated("nearest-neighbour", "nearest-neighbour-without-top")).toBe(false);
  expect(separated("nearest-neighbour", "nearest-mean-of-half")).toBe(true);
  expect(pairs.groups[0]).toEqual({
    letter: "a",
    methods: [{ slug: "nearest-neighbour-without-top" }, { slug: "nearest-neighbour" }],
  });
  for (const { pValue, holm, benjaminiHochberg } of pairs.pairs) {
    expect(holm).toBeGreaterThanOrEqual(pValue);
    expect(benjaminiHochberg).toBeLessThanOrEqual(holm);
  }
  expect(pairs.sentence).toMatch(
    /^Differences under \d\.\d points cannot be told apart on 600 images \(80% power, 3 pairs of neighbours that disagree on/,
  );
});

it("shows on the dataset which images all miss, with their pictures", async () => {
  const { dataset } = await api.read(
    `{ dataset(slug: "digits") { missedByAll { images predictions methods count all { image item truth mistakenFor times picture } } } }`,
  );
  const { missedByAll } = dataset;
  const rights = await Promise.all([...runs.keys()].map(async (slug) => (await tableOf(slug)).right));
  const missed = rights[0]!.flatMap((_, i) => (rights.every((right) => !right[i]) ? [i] : []));
  expect(missed.length).toBeGreaterThan(0);
  expect(missedByAll).toMatchObject({ images: 600, predictions: 4, methods: 4, count: missed.length });
  expect(missedByAll.all.map(({ image }: { image: number }) => image)).toEqual(missed);
  const picture = await fetch(`${api.url}${missedByAll.all[0].picture}`);
  expect(picture.headers.get("content-type")).toBe("image/png");
  expect((await picture.bytes()).subarray(1, 4)).toEqual(new TextEncoder().encode("PNG"));
});

it("answers in one sentence where there is nothing to compare, and uses no damaged file", async () => {
  const told = async (variables: Record<string, unknown>) =>
    (await api.ask(SIGNIFICANCE, { variables })).errors![0]!.message;
  expect(await told({ a: "swav", b: "nearest-mean" })).toContain("No predictions are stored of swav");
  expect(await told({ a: "nearest-mean", b: "nearest-mean" })).toContain("name two");
  expect(await told({ a: "nearest-maen", b: "nearest-mean" })).toContain("Did you mean nearest-mean");
  const { predictions } = await tableOf("nearest-mean-of-half");
  const path = join(folder, predictions.sha256.slice(0, 2), predictions.sha256);
  writeFileSync(path, "damaged");
  expect((await fetch(`${api.url}/predictions/${"0".repeat(64)}.csv`)).status).toBe(404);
  expect(readdirSync(folder).length).toBeGreaterThan(2);
});

it("takes the pairs of a board by the readout that is asked for", async () => {
  const { client } = api.database;
  const base = await client.run.findFirstOrThrow({ include: { protocol: true } });
  for (const [readout, from] of [
    ["whole", "nearest-neighbour"],
    ["mean", "nearest-mean"],
  ] as const) {
    const { id, record } = await client.run.findUniqueOrThrow({ where: { id: runs.get(from)! } });
    const { value } = await client.result.findFirstOrThrow({ where: { runId: id } });
    const body = { evaluation: "pixels", readout };
    await recordEvaluation(client, {
      method: { slug: "of-two-readouts", name: "Of two readouts", family: "OTHER" },
      checkpoint: {
        sha256: fingerprint("of two readouts"),
        name: "two.pth",
        architecture: "pixels",
        featureDimension: 64,
        normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
        loading: { readouts: ["mean", "whole"] },
      },
      dataset: {
        slug: "digits",
        title: "Digits",
        domain: "digits",
        classCount: 10,
        manifest: base.datasetManifest,
      },
      protocol: { fingerprint: fingerprint(body), setting: "knn", title: `By ${readout}`, body },
      run: {
        ...{ identity: fingerprint(readout), seed: 0, device: "cpu", versions: { transferboard: "0.1.0" } },
        ...{ startedAt: new Date(), finishedAt: new Date(), record: record as { artefacts: [] } },
      },
      results: [{ measure: DIGITS, value, interval: null, sampleSize: 600 }],
    });
  }
  const query = `query ($readouts: Readouts) { pairs(suite: "${DIGITS}", among: ALL, readouts: $readouts) {
    pairs { a { slug } b { slug } difference } } }`;
  const beside = async (readouts: string | null, other: string) => {
    const { pairs } = (await api.read(query, { variables: { readouts } })).pairs;
    return pairs.find(
      ({ a, b }: { a: { slug: string }; b: { slug: string } }) =>
        [a.slug, b.slug].includes("of-two-readouts") && [a.slug, b.slug].includes(other),
    ).difference;
  };
  expect(await beside("BEST", "nearest-neighbour")).toBe(0);
  expect(await beside("BEST", "nearest-mean")).not.toBe(0);
  for (const newest of [null, "DEFAULT"]) expect(await beside(newest, "nearest-mean")).toBe(0);
  const { errors } = await api.ask(query, { variables: { readouts: "EACH" } });
  expect(errors?.[0]).toMatchObject({ extensions: { code: "BAD_INPUT" } });
});
