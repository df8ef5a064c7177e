/** The citation of an answer: its address holds the whole question, so that who follows it sees what was cited. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const ASOF = "2126-01-01T00:00:00.000Z";

/** Every field that a filter of a board has; none of them may be lost on the way into an address. */
async function everyFilter() {
  const { results } = await api.read(
    '{ results(filter: {suite: "many-shot-linear"}, first: 1) { nodes { protocol { fingerprint } } } }',
  );
  return {
    methods: ["swav", "sela-v2", "deepcluster-v2", "simclr-v1", "insdis"],
    family: ["CLUSTERING", "CONTRASTIVE"],
    year: { min: 2018, max: 2020 },
    epochs: { min: 199.5, max: 1000 },
    batchSize: { min: 256, max: 4096 },
    augmentation: ["COLOUR_JITTER"],
    withoutAugmentation: ["JIGSAW"],
    domain: ["aircraft models", "textures"],
    provenance: ["PUBLISHED"],
    protocol: [results.nodes[0].protocol.fingerprint],
  };
}

function addressOf(bibtex: string): URL {
  return new URL(/howpublished = \{\\url\{(\S+)\}\}/.exec(bibtex)![1]!);
}

const inAddress = (filter: Awaited<ReturnType<typeof everyFilter>>) => ({
  methods: "swav,sela-v2,deepcluster-v2,simclr-v1,insdis",
  family: "CLUSTERING,CONTRASTIVE",
  yearMin: "2018",
  yearMax: "2020",
  epochsMin: "199.5",
  epochsMax: "1000",
  batchSizeMin: "256",
  batchSizeMax: "4096",
  augmentation: "COLOUR_JITTER",
  withoutAugmentation: "JIGSAW",
  domain: "aircraft models,textures",
  provenance: "PUBLISHED",
  protocol: filter.protocol.join(","),
});

describe("the filter of these tests", () => {
  it("has every field that the schema has", async () => {
    const { __type } = await api.read('{ __type(name: "BoardFilter") { inputFields { name } } }');
    const names = __type.inputFields.map(({ name }: { name: string }) => name);
    expect(Object.keys(await everyFilter()).sort()).toEqual(names.sort());
  });
});

describe("a correlation's citation", () => {
  const CITE = `query($x: VariableInput!, $y: VariableInput!, $transform: Transform!, $coefficient: Coefficient!, $orient: Boolean!,
    $filter: BoardFilter, $interval: IntervalMethod!, $given: CovariateInput, $asOf: DateTime) {
    correlation(x: $x, y: $y, transform: $transform, coefficient: $coefficient, orient: $orient, filter: $filter, interval: $interval,
      given: $given, asOf: $asOf) { bibtex } }`;
  const plain = {
    x: { measure: "imagenet/imagenet/top1" },
    y: { suite: "many-shot-linear" },
    transform: "LOGIT",
    coefficient: "PEARSON",
    orient: false,
    interval: "FISHER",
    asOf: ASOF,
  };
  const cite = async (variables: object): Promise<string> =>
    (await api.read(CITE, { variables: { ...plain, ...variables } })).correlation.bibtex;

  it("leads to the page of its pair", async () => {
    const text = await cite({});
    expect(text).toContain(
      `\\url{http://site.test/correlation?x=imagenet/imagenet/top1&y=many-shot-linear&transform=LOGIT&orient=0&interval=FISHER&asOf=${ASOF}}`,
    );
    expect(text).toMatch(/note = \{As of 2126-01-01T00:00:00\.000Z; Pearson's r, ledger position \d+\}/);
  });

  it("has all that was asked in its address", async () => {
    const filter = await everyFilter();
    const { searchParams } = addressOf(
      await cite({
        transform: "NONE",
        orient: true,
        interval: "BOOTSTRAP",
        given: { pretraining: "BATCH_SIZE" },
        filter,
      }),
    );
    expect(Object.fromEntries(searchParams)).toEqual({
      x: "imagenet/imagenet/top1",
      y: "many-shot-linear",
      transform: "NONE",
      orient: "1",
      interval: "BOOTSTRAP",
      given: "BATCH_SIZE",
      ...inAddress(filter),
      asOf: ASOF,
    });
  });

  it("names the measure or suite held fixed, and the coefficient", async () => {
    const text = await cite({ given: { suite: "few-shot-cdfsl" }, coefficient: "KENDALL" });
    expect(addressOf(text).searchParams.get("given")).toBe("few-shot-cdfsl");
    expect(text).toContain("; Kendall's tau-b, ");
    const held = await cite({ given: { measure: "segmentation/ade20k/mean-iou" } });
    expect(addressOf(held).searchParams.get("given")).toBe("segmentation/ade20k/mean-iou");
  });

  it("names the present moment where none was asked for", async () => {
    const { searchParams } = addressOf(await cite({ asOf: null }));
    expect(Date.parse(searchParams.get("asOf")!)).toBeLessThanOrEqual(Date.now());
  });
});

describe("a board's citation", () => {
  const CITE = `query($filter: BoardFilter, $aggregate: Aggregate, $orderBy: LeaderboardOrder) {
    leaderboard(suite: "many-shot-linear", filter: $filter, aggregate: $aggregate, orderBy: $orderBy, asOf: "${ASOF}") {
      bibtex nodes { rank method { slug } } } }`;

  it("has filter, aggregate and order in its address", async () => {
    const filter = await everyFilter();
    const orderBy = { field: "MEASURE", measure: "many-shot-linear/dtd/accuracy", direction: "DESC" };
    const { leaderboard } = await api.read(CITE, {
      variables: { filter, orderBy, aggregate: "MEAN_RANK" },
    });
    const url = addressOf(leaderboard.bibtex);
    expect(url.pathname).toBe("/suites/many-shot-linear");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      aggregate: "mean-rank",
      ...inAddress(filter),
      sort: "-many-shot-linear/dtd/accuracy",
      asOf: ASOF,
    });
  });

  it("keeps to the names that the exports read: the filter answers the same methods there", async () => {
    const { leaderboard } = await api.read(CITE, {
      variables: { filter: { ...(await everyFilter()), domain: ["textures"] } },
    });
    const { searchParams } = addressOf(leaderboard.bibtex);
    searchParams.delete("aggregate");
    searchParams.append("suite", "many-shot-linear");
    const response = await fetch(`${api.url}/export/leaderboard.json?${searchParams}`);
    expect(response.status).toBe(200);
    const { rows } = (await response.json()) as { rows: { method: string; rank: number }[] };
    const asked = leaderboard.nodes.map(({ rank, method }: { rank: number; method: { slug: string } }) => ({
      rank,
      method: method.slug,
    }));
    expect(asked.length).toBeGreaterThan(0);
    expect(rows.map(({ rank, method }) => ({ rank, method }))).toEqual(asked);
  });

  it("says nothing of an order that is the page's own", async () => {
    const { leaderboard } = await api.read(CITE, { variables: {} });
    expect(leaderboard.bibtex).toContain(
      `\\url{http://site.test/suites/many-shot-linear?aggregate=mean&asOf=${ASOF}}`,
    );
  });
});
