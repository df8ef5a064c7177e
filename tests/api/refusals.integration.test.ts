/** Small ways to be answered badly: each is refused or answered in the caller's terms, once, without an error of ours. */
import { openDatabase } from "@transferboard/api/database/database";
import { formatError } from "@transferboard/api/graphql/format-error";
import { makeLog } from "@transferboard/api/log";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { makeSubmission } from "./submissions.ts";

let api: Api;
let admin: string;
beforeAll(async () => {
  api = await startApi();
  admin = await makeToken(api, "chief", ["ADMIN"]);
});
afterAll(() => api.stop());

describe("NUL in what would be written", () => {
  const id = (kind: string) => btoa(`${kind}:0`);
  it.each([
    ["createToken", '{ account: "a\\u0000b", name: "n", scopes: [READ] }'],
    ["createToken", '{ account: "a", name: "n\\u0000", scopes: [READ] }'],
    ["reviewSubmission", `{ id: "${id("Submission")}", verdict: REJECT, reason: "\\u0000no" }`],
    ["withdrawSubmission", `{ id: "${id("Submission")}", reason: "\\u0000no" }`],
    ["retractResult", `{ id: "${id("Result")}", reason: "\\u0000no" }`],
    ["stateClaim", '{ text: "value(swav, a/b/c) > 1\\u0000" }'],
    ["submitResults", '{ idempotencyKey: "k\\u0000", content: "{}" }'],
    ["requestEvaluation", `{ checkpoint: "${"0".repeat(64)}", method: "sw\\u0000av", suite: "demo" }`],
  ])("is refused by %s", async (mutation, input) => {
    const { errors, data } = await api.ask(`mutation { ${mutation}(input: ${input}) { __typename } }`, {
      token: admin,
    });
    const told = JSON.stringify(errors ?? data);
    expect(told).not.toMatch(/INTERNAL_SERVER_ERROR|went wrong/);
    expect(errors?.[0]?.extensions.code, told).toMatch(/BAD_INPUT|UNKNOWN_SLUG|BAD_USER_INPUT/);
  });
});

it("says once what is wrong in many places", async () => {
  const { errors } = await api.ask(`{ ${"__typename @nothing @nothing ".repeat(10)} }`);
  expect(errors).toHaveLength(1);
  expect(errors![0]!.message).toBe('Unknown directive "@nothing".');
});

it.each(["Nothing:1", "Method:999999", "Query:1", "Mutation:0", "toString:1", "__proto__:1"])(
  "answers null for a node of a made-up id: %s",
  async (made) => {
    const { data, errors } = await api.ask(`{ node(id: "${btoa(made)}") { id } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ node: null });
  },
);

it("ends a statement at its longest time, and says so", async () => {
  const slow = openDatabase({ databaseUrl: api.database.appUrl, databasePool: 1, statementTimeoutMs: 100 });
  const error: unknown = await slow.sql("select pg_sleep(20)").catch((thrown: unknown) => thrown);
  await slow.close();
  expect(formatError({ message: "x" }, error, makeLog("silent"))).toMatchObject({
    message: expect.stringMatching(/^This question takes too long/),
    extensions: { code: "TIMEOUT" },
  });
});

describe("the address of an upload", () => {
  it.each([
    ["dryrun=true", "There is no parameter 'dryrun': did you mean 'dryRun'?"],
    ["dryRun=yes", "'dryRun' is 'yes': expected true or false."],
    ["format=json&format=csv", "The parameter 'format' is told twice."],
    ["format=json&suite=robustness&suite=knn", "The parameter 'suite' is told twice."],
    ["format=json&published=1", "'published' is '1': expected true or false."],
    ["format=json&mapping=x", /^There is no parameter 'mapping': /],
  ])("%s is refused before anything is recorded", async (query, message) => {
    const answer = await fetch(`${api.url}/submissions?${query}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${admin}`,
        "content-type": "application/json",
        "idempotency-key": query,
      },
      body: JSON.stringify(makeSubmission()),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ message: typeof message === "string" ? message : expect.stringMatching(message) }],
    });
    expect(await api.database.client.submission.count()).toBe(0);
  });
});

describe("a full disk", () => {
  it("is a 503 to try again, of GraphQL and of an upload alike, and nothing is recorded", async () => {
    const owner = new pg.Client({ connectionString: api.database.url });
    await owner.connect();
    await owner.query(
      `create function full_disk() returns trigger language plpgsql as $$ begin
         raise exception 'could not extend file "base/1/2": No space left on device' using errcode = '53100'; end $$;
       create trigger full_disk before insert on submission for each row execute function full_disk();
       create trigger full_disk before insert on account for each row execute function full_disk()`,
    );
    try {
      const token = await makeToken(api, "chief", ["SUBMIT"]);
      const upload = await fetch(`${api.url}/submissions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "idempotency-key": "full",
        },
        body: JSON.stringify(makeSubmission()),
      });
      const sentence =
        "The database has no room at the moment: nothing of this request was recorded. Try again later.";
      expect([upload.status, upload.headers.get("retry-after")]).toEqual([503, "2"]);
      expect(await upload.json()).toMatchObject({
        errors: [{ message: sentence, extensions: { code: "UNAVAILABLE" } }],
      });
      const made = await api.ask(
        'mutation { createToken(input: { account: "new", name: "n", scopes: [READ] }) { __typename } }',
        { token: admin },
      );
      expect([made.status, made.errors?.[0]?.message]).toEqual([503, sentence]);
    } finally {
      await owner.query("drop trigger full_disk on submission; drop trigger full_disk on account");
      await owner.end();
    }
    expect(await api.database.client.submission.count()).toBe(0);
  });
});
