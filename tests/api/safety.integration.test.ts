/** The GraphQL-over-HTTP audit, the limits, and what no answer may say. */
import { LIMITS } from "@transferboard/api/limits";
import { auditServer } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Api, startApi } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe("GraphQL over HTTP", () => {
  it("passes graphql-http's audit without an error or a warning", async () => {
    const results = await auditServer({ url: () => `${api.url}/graphql`, fetchFn: fetch });
    const failed = results.filter(({ status }) => status === "error" || status === "warn");
    expect(
      failed.map((result) => `${result.status}: ${result.name} (${"reason" in result ? result.reason : ""})`),
    ).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  });
});

const nested = (depth: number) => {
  const opening = "measures { dataset { ".repeat(depth);
  return `{ datasets(first: 1) { nodes { ${opening} slug ${"} }".repeat(depth)} } } }`;
};
const aliases = (count: number) =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(" ")} }`;
const fragments = `query { ...A } fragment A on Query { ${Array.from({ length: 20 }, (_, i) => `x${i}: __typename`).join(" ")} ...B }
  fragment B on Query { ${Array.from({ length: 20 }, (_, i) => `y${i}: __typename`).join(" ")} }`;
const ROWS = "results(first: $first) { nodes { method { results(first: $first) { nodes { id } } } } }";

describe("a request that would cost too much is refused with a 4xx in JSON, before any statement", () => {
  it.each<[string, string, Record<string, unknown>?]>([
    ["depth", nested(8)],
    ["aliases", aliases(LIMITS.aliases + 1)],
    ["aliases in fragments", fragments],
    ["directives", `{ ${"__typename @include(if: true) ".repeat(LIMITS.directives + 1)} }`],
    ["tokens", `{ ${"__typename ".repeat(LIMITS.tokens)} }`],
    ["a literal page size", `{ ${ROWS.replaceAll("$first", "200")} }`],
    ["a page size in a variable", `query ($first: Int = 1) { ${ROWS} }`, { first: 200 }],
    ["a page size in a default", `query ($first: Int = 200) { ${ROWS} }`],
    ["a circle of fragments", "{ ...A } fragment A on Query { ...A }"],
  ])("%s", async (_, query, variables) => {
    api.statements.length = 0;
    const answer = await api.ask(query, variables ? { variables } : {});
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.errors).toHaveLength(1);
    expect(api.statements).toEqual([]);
  });

  it.each([0, -1, 201, 2_147_483_647])("a page of %i is refused", async (first) => {
    const { errors } = await api.ask("query ($first: Int) { methods(first: $first) { totalCount } }", {
      variables: { first },
    });
    expect(errors?.[0]?.message).toMatch(/expected 1 to 200|cost/);
  });

  it("a body too large, and a batch", async () => {
    const headers = { "content-type": "application/json" };
    const post = (body: string) => fetch(`${api.url}/graphql`, { method: "POST", headers, body });
    const large = await post(
      JSON.stringify({ query: "{ __typename }", variables: { x: "y".repeat(LIMITS.graphqlBytes) } }),
    );
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
    expect((await post('[{"query":"{ __typename }"},{"query":"{ __typename }"}]')).status).toBe(400);
  });

  it("what people do ask stays far below", async () => {
    const introspection = await api.ask(
      "{ __schema { types { name fields { name args { name type { name ofType { name ofType { name } } } } } } } }",
    );
    expect(introspection.errors).toBeUndefined();
    const page = await api.ask(
      '{ leaderboard(suite: "overview", first: 200) { edges { node { method { slug } cells { value interval { lower upper } measure { slug } } } } } }',
    );
    expect(page.errors).toBeUndefined();
  });
});

const messageOf = (answer: unknown) => (answer as Pick<Answer, "errors">).errors?.[0]?.message;

describe("browsers", () => {
  it("cannot be made to ask from elsewhere", async () => {
    const simple = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: '{"query":"{ __typename }"}',
    });
    expect(simple.status).toBe(400);
    expect(messageOf(await simple.json())).toBe(
      "A POST to /graphql needs the content type application/json; 'text/plain' came.",
    );
    const get = await fetch(`${api.url}/graphql?query=${encodeURIComponent("{ __typename }")}`, {
      headers: { "content-type": "text/plain" },
    });
    expect(get.status).toBe(400);
    const address = `${api.url}/graphql?query=${encodeURIComponent("{ __typename }")}`;
    const plain = await fetch(address);
    expect([plain.status, messageOf(await plain.json())]).toEqual([
      400,
      expect.stringContaining("needs the header 'apollo-require-preflight: 1'"),
    ]);
    const asked = await fetch(address, { headers: { "apollo-require-preflight": "1" } });
    expect([asked.status, await asked.json()]).toEqual([200, { data: { __typename: "Query" } }]);
  });

  it("may read from named origins only, and without credentials", async () => {
    const origin = async (from: string) =>
      (await fetch(`${api.url}/healthz`, { headers: { origin: from } })).headers;
    const preflight = await fetch(`${api.url}/graphql`, {
      method: "OPTIONS",
      headers: { origin: "http://site.test", "access-control-request-method": "POST" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://site.test");
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    expect((await origin("http://evil.test")).get("access-control-allow-origin")).toBeNull();
  });

  it("get Helmet's headers, and an explorer with the server's own scripts and none from outside", async () => {
    const page = await fetch(`${api.url}/graphql`, { headers: { accept: "text/html" } });
    const text = await page.text();
    const policy = page.headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("x-powered-by")).toBeNull();
    // Every script and style sheet is a path of this server, and none is written into the page.
    const addresses = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(address).toMatch(/^(\/(?!\/)|data:)/);
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/i);
  });
});

describe("rates", () => {
  it("are limited an address, with Retry-After", async () => {
    const limited = await startApi({ from: "empty", rateLimit: 5 });
    try {
      const answers = await Promise.all(Array.from({ length: 8 }, () => limited.ask("{ __typename }")));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(3);
      expect(Number(refused[0]!.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(refused[0]!.errors?.[0]?.extensions).toMatchObject({
        code: "RATE_LIMITED",
        retryAfter: expect.any(Number),
      });
      expect((await fetch(`${limited.url}/healthz`)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
