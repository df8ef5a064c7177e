/** Forecasts through the API: of what a method lacks, how good they are on the paper's table, and what stays unranked. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const FORECAST = `query ($method: String!, $measure: String) { forecast(method: $method, measure: $measure) {
  method { slug } measured reason widening position
  cells { measure { slug } value interval { lower upper } }
  teachesMost { measure { slug } share }
  quality { model cells medianPoints meanPoints coverage } } }`;

/** The model is fitted in a thread: until then the API says to ask again. */
async function forecast(variables: Record<string, unknown>) {
  for (;;) {
    const { data, errors } = await api.ask(FORECAST, { variables });
    if (!errors) return data.forecast;
    expect(errors[0]!.message).toContain("Ask again in a minute");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

// One model for all: fitting it anew for each left-out value takes half a minute.
it("predicts what a new method lacks, how well, and never ranks it", { timeout: 600_000 }, async () => {
  const token = await makeToken(api, "ada", ["SUBMIT"]);
  const reviewer = await makeToken(api, "rosa", ["REVIEW"]);
  const body = {
    method: { slug: "one-number", name: "One Number", family: "OTHER" },
    source: "https://example.org/one-number",
    values: [{ measure: "imagenet/imagenet/top1", value: 74.3 }],
  };
  const { submitResults } = await api.read(SUBMIT, { variables: { input: inputOf(body) }, token });
  const { id } = submitResults.submission;
  await api.read(REVIEW, { variables: { id, verdict: "ACCEPT", reason: "Checked." }, token: reviewer });

  const { measured, cells, teachesMost, quality, widening } = await forecast({ method: "one-number" });
  expect(measured).toBe(1);
  expect(cells).toHaveLength(85);
  for (const { value, interval } of cells) {
    expect(interval.lower).toBeLessThan(value);
    expect(interval.upper).toBeGreaterThan(value);
  }
  expect(teachesMost).toHaveLength(10);
  const shares = teachesMost.map(({ share }: { share: number }) => share);
  expect(shares).toEqual(shares.toSorted((a: number, b: number) => b - a));
  expect(shares[0]).toBeGreaterThan(0.05);

  const one = await forecast({ method: "one-number", measure: "many-shot-linear/food/accuracy" });
  expect(one.cells).toEqual(
    cells.filter(
      (cell: { measure: { slug: string } }) => cell.measure.slug === "many-shot-linear/food/accuracy",
    ),
  );
  const { leaderboard } = await api.read(
    `{ leaderboard(suite: "many-shot-linear") { edges { rank node { method { slug } } } } }`,
  );
  const row = leaderboard.edges.find(
    ({ node }: { node: { method: { slug: string } } }) => node.method.slug === "one-number",
  );
  expect(row?.rank ?? null).toBeNull();

  // Nothing is missing of the paper's methods.
  const whole = await forecast({ method: "swav" });
  expect(whole.measured).toBe(86);
  expect(whole.cells).toEqual([]);

  const GHOSTS = `query ($methods: [String!]) { ghosts(suite: "overview", methods: $methods) {
    method { slug } measure { slug } value interval { lower upper } } }`;
  const ghosts = async (methods: string[] | null) =>
    (await api.read(GHOSTS, { variables: { methods } })).ghosts;
  const { suite } = await api.read(`{ suite(slug: "overview") { measures { slug } } }`);
  const shown = new Set(suite.measures.map(({ slug }: { slug: string }) => slug));
  const own = cells
    .filter((cell: { measure: { slug: string } }) => shown.has(cell.measure.slug))
    .map((cell: object) => ({ ...cell, method: { slug: "one-number" } }));
  expect(own.length).toBeGreaterThan(10);
  expect(await ghosts(["one-number"])).toEqual(own);
  expect(await ghosts(null)).toEqual(expect.arrayContaining(own));
  expect(await ghosts(["swav"])).toEqual([]);
  expect((await api.ask(GHOSTS, { variables: { methods: ["swaw"] } })).errors?.[0]).toMatchObject({
    extensions: { code: "UNKNOWN_SLUG" },
  });

  const [lowRank, mean, imagenet] = quality;
  expect(quality.map(({ model }: { model: string }) => model)).toEqual([
    "LOW_RANK",
    "COLUMN_MEAN",
    "IMAGENET_ALONE",
  ]);
  expect(widening).toBe(1);
  expect(lowRank.cells).toBe(1205);
  expect(lowRank.medianPoints).toBeLessThan(1.1);
  expect(lowRank.medianPoints).toBeLessThan(imagenet.medianPoints);
  expect(imagenet.medianPoints).toBeLessThan(mean.medianPoints);
  expect(lowRank.coverage).toBeGreaterThan(90);
  expect(lowRank.coverage).toBeLessThan(99);
});

it("a method that is not there is a mistake of the caller's", async () => {
  const { errors } = await api.ask(FORECAST, { variables: { method: "swaw" } });
  expect(errors?.[0]).toMatchObject({ extensions: { code: "UNKNOWN_SLUG", nearest: ["swav"] } });
});
