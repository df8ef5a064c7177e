/**
 * Who may do what, as a table of scope by operation. The operations come from the schema: a mutation without a row here
 * fails, and so does a row without a mutation.
 */
import { MUTATION_SCOPES } from "@transferboard/api/modules/account/rules";
import { SCOPES, type Scope } from "@transferboard/api/modules/account/scopes";
import { schema } from "@transferboard/api/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";

/** Written by hand, so that a rule changed by mistake is seen. */
const ALLOWED: Readonly<Record<string, readonly Scope[]>> = {
  submitResults: ["SUBMIT", "ADMIN"],
  withdrawSubmission: ["SUBMIT", "ADMIN"],
  reviewSubmission: ["REVIEW", "ADMIN"],
  retractResult: ["REVIEW", "ADMIN"],
  decideFinding: ["REVIEW", "ADMIN"],
  createToken: ["ADMIN"],
  requestEvaluation: ["SUBMIT", "ADMIN"],
  cancelEvaluation: ["SUBMIT", "ADMIN"],
  stateClaim: ["SUBMIT", "ADMIN"],
  revokeToken: ["READ", "SUBMIT", "REVIEW", "WORK", "ADMIN"],
};

/** A call that nothing but the caller's rights can refuse as NotAuthorized. */
const CALLS: Readonly<Record<string, string>> = {
  submitResults: '{ idempotencyKey: "k", content: "{}", dryRun: true }',
  withdrawSubmission: `{ id: "${btoa("Submission:0")}" }`,
  reviewSubmission: `{ id: "${btoa("Submission:0")}", verdict: REJECT, reason: "no" }`,
  retractResult: `{ id: "${btoa("Result:0")}", reason: "no" }`,
  decideFinding: '{ code: "none", method: "swav", reason: "no", verdict: ACCEPTED }',
  createToken: '{ account: "new", name: "one", scopes: [READ] }',
  requestEvaluation: `{ checkpoint: "${"0".repeat(64)}", method: "swav", suite: "demo" }`,
  cancelEvaluation: `{ id: "${crypto.randomUUID()}" }`,
  stateClaim: '{ text: "value(swav, no/such/measure) > 1" }',
  revokeToken: '{ id: "0" }',
};

const mutations = Object.keys(schema.getMutationType()!.getFields());

let api: Api;
const tokens = new Map<Scope | "NONE", string | undefined>([["NONE", undefined]]);
beforeAll(async () => {
  api = await startApi();
  for (const scope of SCOPES) tokens.set(scope, await makeToken(api, `has ${scope}`, [scope]));
});
afterAll(() => api.stop());

it("every mutation has its rows, and every row its mutation", () => {
  expect(Object.keys(ALLOWED).sort()).toEqual(mutations.toSorted());
  expect(Object.keys(CALLS).sort()).toEqual(mutations.toSorted());
  expect(Object.keys(MUTATION_SCOPES).sort()).toEqual(mutations.toSorted());
});

describe.each(mutations)("%s", (mutation) => {
  it.each(["NONE", ...SCOPES] as const)("with %s", async (scope) => {
    const token = tokens.get(scope);
    const query = `mutation { ${mutation}(input: ${CALLS[mutation]}) { __typename } }`;
    const { data, errors } = await api.ask(query, token ? { token } : {});
    expect(errors).toBeUndefined();
    const allowed = scope !== "NONE" && ALLOWED[mutation]!.includes(scope);
    expect(data[mutation].__typename === "NotAuthorized").toBe(!allowed);
  });
});

describe("a token", () => {
  const VIEWER = "{ viewer { scopes account { name tokens { name lastUsedAt revokedAt } } } }";

  it("is made once, used, and revoked", async () => {
    const admin = tokens.get("ADMIN")!;
    const MAKE = `mutation { createToken(input: { account: "grace", name: "laptop", scopes: [SUBMIT] }) {
      ... on CreateTokenPayload { secret token { id scopes } } } }`;
    const { secret, token } = (await api.read(MAKE, { token: admin })).createToken;
    expect(secret).toMatch(/^tb_[\w-]{43}$/);
    expect((await api.read(VIEWER, { token: secret })).viewer).toMatchObject({
      scopes: ["SUBMIT"],
      account: {
        name: "grace",
        tokens: [{ name: "laptop", lastUsedAt: expect.any(String), revokedAt: null }],
      },
    });
    const kept = await api.database.client.apiToken.findUniqueOrThrow({ where: { id: token.id } });
    expect(JSON.stringify(kept)).not.toContain(secret);
    const revoke = `mutation { revokeToken(input: { id: "${token.id}" }) { __typename } }`;
    expect((await api.read(revoke, { token: tokens.get("READ")! })).revokeToken.__typename).toBe("NotFound");
    expect((await api.read(revoke, { token: secret })).revokeToken.__typename).toBe("RevokeTokenPayload");
    expect((await api.ask(VIEWER, { token: secret })).status).toBe(401);
  });

  it.each([
    ["expired", () => ({ expiresAt: new Date(Date.now() + 300) })],
    ["revoked", () => ({ revokedAt: new Date() })],
  ])("%s is refused with a 401", async (_, overrides) => {
    const secret = await makeToken(api, "late", ["READ"], overrides());
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { status, errors } = await api.ask(VIEWER, { token: secret });
    expect(status).toBe(401);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "NOT_AUTHORIZED" });
  });

  it.each(["nonsense", `tb_${"x".repeat(43)}`])("%s is refused with a 401", async (token) => {
    expect((await api.ask("{ methods { totalCount } }", { token })).status).toBe(401);
  });
});

describe("an evaluation", () => {
  it("is queued in the caller's name, and can be asked after", async () => {
    const REQUEST = `mutation { requestEvaluation(input: { checkpoint: "${"1".repeat(64)}", method: "swav",
      measure: "many-shot-linear/digits/accuracy" }) { ... on RequestEvaluationPayload { evaluation { id state attempts } } } }`;
    const { evaluation } = (await api.read(REQUEST, { token: tokens.get("SUBMIT")! })).requestEvaluation;
    expect(evaluation).toMatchObject({ state: "QUEUED", attempts: 0 });
    const AFTER = "query ($id: ID!) { evaluation(id: $id) { state runs { id } } }";
    expect(await api.read(AFTER, { variables: { id: evaluation.id } })).toEqual({
      evaluation: { state: "QUEUED", runs: [] },
    });
    const event = await api.database.client.auditEvent.findFirstOrThrow({
      where: { subject: `evaluation/${evaluation.id}` },
      include: { account: true },
    });
    expect(event).toMatchObject({ action: "evaluation.requested", account: { name: "has SUBMIT" } });
  });

  it("needs exactly one target, that exists", async () => {
    const token = tokens.get("SUBMIT")!;
    const ask = (target: string) =>
      api.ask(
        `mutation { requestEvaluation(input: { checkpoint: "${"1".repeat(64)}", method: "swav" ${target} }) { __typename } }`,
        { token },
      );
    expect((await ask("")).errors?.[0]?.message).toMatch(/either 'suite' or 'measure'/);
    expect((await ask(', suite: "dmo"')).errors?.[0]?.extensions.nearest).toContain("demo");
  });
});
