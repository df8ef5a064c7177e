/**
 * Generated hostile requests: no 5xx and no leak. TRANSFERBOARD_FAULTS=full sends the 20,000; by default 2,000.
 * A failure prints fast-check's seed.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "../api/harness.ts";

const RUNS = process.env.TRANSFERBOARD_FAULTS === "full" ? 20_000 : 2_000;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** Texts that break out of something somewhere. */
const nasty = fc.oneof(
  fc.constantFrom(
    "'; drop table result; --",
    '" or 1=1 --',
    "\u0000",
    "../../etc/passwd",
    "{{constructor.constructor('return process')()}}",
    "<script>alert(1)</script>",
    "__proto__",
    "constructor",
    "\ud800",
    "𝒳".repeat(500),
    "%00%0a",
    "=cmd|' /C calc'!A0",
    "many-shot-linear",
    "imagenet/imagenet/top1",
    "swav",
    "2026-01-01T00:00:00Z",
    "275760-09-13T00:00:01Z",
    "-000001-01-01T00:00:00Z",
  ),
  fc.string({ maxLength: 200, unit: "binary" }),
  fc.base64String({ maxLength: 80 }),
);
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-1, 0, 1, 2 ** 31, 2 ** 53, 1e308, -0));
const scalar = fc.oneof(nasty, number, fc.boolean(), fc.constant(null));
const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(nasty, tie("value"), { maxKeys: 4 }),
  ),
})).value;

/** Valid queries, so that what is hostile reaches the resolvers. */
const QUERIES = [
  "query ($a: String!, $n: Int, $t: DateTime) { leaderboard(suite: $a, first: $n, after: $a, asOf: $t) { bibtex edges { node { cells { value } } } } }",
  "query ($a: String!, $t: DateTime) { correlation(x: {measure: $a}, y: {suite: $a}, asOf: $t) { coefficient bibtex } }",
  'query ($f: BoardFilter, $t: DateTime) { leaderboard(suite: "overview", filter: $f, asOf: $t) { totalCount } }',
  "query ($f: ResultFilter, $n: Int, $a: String, $t: DateTime) { results(filter: $f, first: $n, after: $a, asOf: $t) { totalCount nodes { value } } }",
  "query ($a: String!) { method(slug: $a) { name } }",
  "query ($a: ID!) { node(id: $a) { __typename id } }",
  "query ($a: ID!) { run(id: $a) { id } }",
  "query ($a: String!) { protocolDiff(left: $a, right: $a) { differences { path } } }",
  "query ($l: [String!]!) { compare(methods: $l) { rows { cells { value } } } }",
  "query ($a: String, $n: Int) { methods(first: $n, after: $a, filter: {search: $a}) { nodes { slug } } }",
  "mutation ($a: String!) { submitResults(input: {idempotencyKey: $a, content: $a}) { __typename } }",
];

const request = fc.oneof(
  fc.record({
    query: fc.constantFrom(...QUERIES),
    variables: fc.record({
      a: scalar,
      n: scalar,
      t: scalar,
      f: tree,
      l: fc.oneof(fc.array(nasty, { maxLength: 5 }), tree),
    }),
  }),
  fc.record({ query: nasty, variables: tree, operationName: scalar, extensions: tree }),
  tree,
);

const LEAKS =
  /node_modules|at \w+ \(|\.ts:\d|select .* from |insert into|relation "|column "|prisma|postgres|\/home\/|\/root\//i;

it(`answers ${RUNS} hostile requests without a 5xx or a leak`, async () => {
  const send = async (body: unknown, path: string) => {
    const response = await fetch(`${api.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body) ?? "",
    });
    return { status: response.status, text: await response.text() };
  };
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      const { status, text } = await send(body, "/graphql");
      expect(status, text).toBeLessThan(500);
      expect(text).not.toContain("INTERNAL_SERVER_ERROR");
      const echoed = JSON.stringify(body) ?? "";
      const leak = LEAKS.exec(text)?.[0];
      if (leak !== undefined && !echoed.toLowerCase().includes(leak.toLowerCase())) {
        throw new Error(`The answer leaks '${leak}': ${text.slice(0, 500)}`);
      }
    }),
    { numRuns: RUNS },
  );
}, 600_000);

it("answers hostile addresses without a 5xx", async () => {
  const paths = fc.constantFrom(
    "/export/leaderboard.csv?suite=",
    "/export/results.csv?asOf=",
    "/badge/swav/",
    "/feeds/methods/",
    "/bibtex/",
    "/export/leaderboard.json?suite=overview&protocol=",
    "/graphql?query=",
    "/",
  );
  await fc.assert(
    fc.asyncProperty(paths, nasty, async (path, text) => {
      const response = await fetch(`${api.url}${path}${encodeURIComponent(text.toWellFormed())}`);
      expect(response.status, await response.text()).toBeLessThan(500);
    }),
    { numRuns: RUNS / 10 },
  );
}, 600_000);
