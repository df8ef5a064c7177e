/** The paper's figures come out of the API to the digits, and a question costs a fixed number of statements. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";
import { averageFinetuned, averageLinear, withFeatureAnalysis, withSuites } from "./printed-values.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const BOARD = `query Board($suite: String!, $first: Int) { leaderboard(suite: $suite, first: $first) {
  suite { slug measures { slug title setting { title } dataset { title } metric { unit } } }
  edges { rank node { method { slug name pretraining { epochs } } aggregate complete missing { slug }
    otherRanks { aggregate rank value }
    cells { measure { slug } value interval { lower upper } provenance source protocol { fingerprint title } } } }
  rankedCount totalCount pageInfo { hasNextPage endCursor } } }`;

const CORRELATION = `query ($x: VariableInput!, $y: VariableInput!, $orient: Boolean!) {
  correlation(x: $x, y: $y, transform: LOGIT, coefficient: PEARSON, orient: $orient) { n coefficient pValue
    interval { lower upper } regression { slope intercept band { x lower upper } } reason
    points { method { slug name family } x y rawX rawY } excluded { method { slug } reason }
    withoutFamily { family coefficient n } } }`;

const IMAGENET = { measure: "imagenet/imagenet/top1" };

interface Edge {
  rank: number;
  node: { method: { slug: string }; aggregate: number; cells: { value: number }[] };
}

async function board(suite: string): Promise<Edge[]> {
  const { leaderboard } = await api.read(BOARD, { variables: { suite, first: 20 } });
  return leaderboard.edges;
}

describe("a search on a board", () => {
  it("finds rows by every word, at the ranks of the whole board, page by page", async () => {
    const query = `query ($search: String!, $after: String) { leaderboard(suite: "many-shot-linear", search: $search,
      first: 1, after: $after) { rankedCount totalCount pageInfo { endCursor } edges { rank node { method { slug } } } } }`;
    const found = async (search: string, after: string | null = null) =>
      (await api.read(query, { variables: { search, after } })).leaderboard;
    const first = await found("MOCO");
    expect(first).toMatchObject({ rankedCount: 14, totalCount: 2 });
    expect(first.edges).toEqual([{ rank: 7, node: { method: { slug: "moco-v2" } } }]);
    const second = await found("MOCO", first.pageInfo.endCursor);
    expect(second.edges).toEqual([{ rank: 12, node: { method: { slug: "moco-v1" } } }]);
    expect(await found("v2 moco")).toMatchObject({ totalCount: 1 });
    expect(await found("nobody")).toMatchObject({ rankedCount: 14, totalCount: 0, edges: [] });
    const { methods } = await api.read(`{ methods(filter: { search: "v2 moco" }) { nodes { slug } } }`);
    expect(methods.nodes).toEqual([{ slug: "moco-v2" }]);
  });
});

describe("the averages of Table 1", () => {
  it.each([
    ["many-shot-linear", averageLinear],
    ["many-shot-finetune", averageFinetuned],
  ])("%s", async (suite, printed) => {
    const edges = await board(suite);
    const averages = edges.map(({ node }) => [node.method.slug, node.aggregate.toFixed(2)]);
    expect(Object.fromEntries(averages)).toEqual(printed);
  });
});

describe("who leads", () => {
  it.each([
    ["many-shot-linear", "deepcluster-v2", "78.92"],
    ["imagenet/imagenet/top1", "supervised", "77.20"],
    ["segmentation", "pcl-v1", "0.30"],
    ["surface-normals", "simclr-v2", "28.77"],
    ["detection-frozen", "simclr-v2", "82.34"],
  ])("%s: %s with %s", async (suite, method, aggregate) => {
    const edges = await board(suite);
    expect(edges).toHaveLength(14);
    expect(edges[0]).toMatchObject({ rank: 1, node: { method: { slug: method } } });
    expect(edges[0]!.node.aggregate.toFixed(2)).toBe(aggregate);
    expect(edges.map(({ rank }) => rank)).toEqual(edges.map(({ rank }) => rank).toSorted((a, b) => a - b));
  });
});

describe("correlations with ImageNet top-1", () => {
  it.each(Object.entries(withSuites))("%s: %s", async (suite, printed) => {
    const variables = { x: IMAGENET, y: { suite }, orient: true };
    const { correlation } = await api.read(CORRELATION, { variables });
    expect(correlation.n).toBe(14);
    expect(correlation.coefficient.toFixed(printed.replace("-", "").length - 2)).toBe(printed);
    expect(correlation.excluded).toEqual([]);
  });

  it.each(Object.entries(withFeatureAnalysis))("%s: %s", async (measure, printed) => {
    const variables = { x: IMAGENET, y: { measure }, orient: false };
    const { correlation } = await api.read(CORRELATION, { variables });
    expect(correlation.coefficient.toFixed(2)).toBe(printed);
  });

  it("attentive diffusion goes with many-shot linear by 0.38 over the 14", async () => {
    const variables = { x: { measure: "attention/all/diffusion" }, y: { suite: "many-shot-linear" } };
    const { correlation } = await api.read(CORRELATION, { variables: { ...variables, orient: false } });
    expect(correlation.n).toBe(14);
    expect(correlation.coefficient.toFixed(2)).toBe("0.38");
  });

  it("agrees with the matrix", async () => {
    const suites = Object.keys(withSuites);
    const { correlationMatrix } = await api.read(
      "query ($variables: [VariableInput!]!) { correlationMatrix(variables: $variables, orient: true) { coefficients counts } }",
      { variables: { variables: [IMAGENET, ...suites.map((suite) => ({ suite }))] } },
    );
    const row = correlationMatrix.coefficients[0].slice(1);
    expect(row.map((r: number) => r.toFixed(3))).toEqual(Object.values(withSuites));
    expect(new Set(correlationMatrix.counts.flat())).toEqual(new Set([14]));
  });
});

describe("what is not defined says why", () => {
  it("with fewer than three methods", async () => {
    const { correlation } = await api.read(
      `{ correlation(x: {measure: "imagenet/imagenet/top1"}, y: {suite: "segmentation"},
        filter: {methods: ["swav", "byol"]}) { n coefficient pValue interval { lower } regression { slope } reason } }`,
    );
    expect(correlation).toMatchObject({ n: 2, coefficient: null, pValue: null, interval: null });
    expect(correlation.reason).toMatch(/at least 3/);
  });

  it("with an unknown slug, and what comes near", async () => {
    const { errors } = await api.ask('{ suite(slug: "many-shot-liner") { title } }');
    expect(errors?.[0]?.extensions).toEqual({ code: "UNKNOWN_SLUG", nearest: ["many-shot-linear"] });
    const board = await api.ask('{ leaderboard(suite: "imagenet") { totalCount } }');
    expect(board.errors?.[0]?.extensions.nearest).toContain("imagenet/imagenet/top1");
    const method = await api.ask('{ method(slug: "mocov2") { name } }');
    expect(method.errors?.[0]?.extensions.nearest).toContain("moco-v2");
  });
});

describe("statements", () => {
  it.each(["many-shot-linear", "overview", "imagenet/imagenet/top1"])(
    "a board of %s costs at most 3, cold or warm",
    async (suite) => {
      const cold = await api.counted(BOARD, { variables: { suite, first: 14 } });
      const warm = await api.counted(BOARD, { variables: { suite, first: 2 } });
      expect(cold.length).toBeLessThanOrEqual(3);
      expect(warm.length).toBeLessThanOrEqual(2);
      expect(warm.length).toBeGreaterThan(0);
    },
  );

  it.each(["surface-normals", "overview"])("a correlation with %s costs at most 2", async (suite) => {
    const variables = { x: IMAGENET, y: { suite }, orient: true };
    expect((await api.counted(CORRELATION, { variables })).length).toBeLessThanOrEqual(2);
    expect((await api.counted(CORRELATION, { variables })).length).toBe(1);
  });

  it("a page of the ledger costs what it says, whatever its size", async () => {
    const query = `query ($first: Int) { results(first: $first) { nodes { value method { slug } measure { slug }
      protocol { title } checkpoint { name } } } }`;
    const few = await api.counted(query, { variables: { first: 2 } });
    const many = await api.counted(query, { variables: { first: 200 } });
    expect(many.length).toBe(few.length);
    expect(many.length).toBeLessThanOrEqual(5);
  });
});
