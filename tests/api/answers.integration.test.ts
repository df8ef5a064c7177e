/** Answers that are remembered whole: the same while nothing changed, made once for all who ask at once, never stale. */
import { openQueue } from "@transferboard/prisma";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const LEDGER = "{ results(first: 3) { nodes { value checkpoint { name } } } }";

it("the same question costs one statement while nothing was written, and is answered anew after", async () => {
  const first = await api.counted(LEDGER);
  expect(first.length).toBeGreaterThan(1);
  expect(await api.counted(LEDGER)).toHaveLength(1);
  await api.database.client.account.create({ data: { name: "somebody new" } });
  expect((await api.counted(LEDGER)).length).toBe(first.length);
});

it("is made once for all who ask at once", async () => {
  const QUESTION = "{ results(first: 4) { nodes { value } } }";
  const alone = await api.counted(QUESTION);
  await api.database.client.account.create({ data: { name: "somebody else" } });
  api.statements.length = 0;
  const answers = await Promise.all(Array.from({ length: 20 }, () => api.read(QUESTION)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const isReading = (sql: string) => !sql.includes("ledger_position");
  expect(api.statements.filter(isReading)).toHaveLength(alone.filter(isReading).length);
});

it("where the ledger stands is read before anything else", async () => {
  const id = Buffer.from("Checkpoint:1").toString("base64");
  const statements = await api.counted(`{ node(id: "${id}") { id } suites { totalCount } }`);
  expect(statements.length).toBeGreaterThan(1);
  expect(statements[0]).toContain("ledger_position");
});

it("how far an evaluation is changes without an event, and is never remembered", async () => {
  const token = await makeToken(api, "asks for evaluations", ["SUBMIT"]);
  const { requestEvaluation } = await api.read(
    `mutation { requestEvaluation(input: { checkpoint: "${"2".repeat(64)}", method: "swav",
      measure: "many-shot-linear/digits/accuracy" }) { ... on RequestEvaluationPayload { evaluation { id } } } }`,
    { token },
  );
  const variables = { id: requestEvaluation.evaluation.id };
  const STATE = "query ($id: ID!) { evaluation(id: $id) { state } suites { totalCount } }";
  const STATE_IN_PARTS = `query ($id: ID!) { ...part suites { totalCount } } fragment part on Query { job: evaluation(id: $id) { state } }`;
  for (const query of [STATE, STATE_IN_PARTS]) {
    const { evaluation, job } = await api.read(query, { variables });
    expect((evaluation ?? job).state).toBe("QUEUED");
  }
  const queue = openQueue(api.database.appUrl);
  try {
    const events = () => api.database.client.auditEvent.count();
    const before = await events();
    const job = await queue.take();
    expect(job?.id).toBe(variables.id);
    for (const query of [STATE, STATE_IN_PARTS]) {
      const { evaluation, job } = await api.read(query, { variables });
      expect((evaluation ?? job).state).toBe("RUNNING");
    }
    expect(await events()).toBe(before);
  } finally {
    await queue.close();
  }
});
