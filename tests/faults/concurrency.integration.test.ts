/** Many at once: 1,000 submissions under 100 keys (fewer in `npm test`), and 20 reviewers on one submission, over and over. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { inputOf, makeSubmission, REVIEW, SUBMIT } from "../api/submissions.ts";

const SUBMISSIONS = count(300, 1_000);
const KEYS = SUBMISSIONS / 10;
const REVIEWERS = 20;
const ROUNDS = count(8, 200);

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const typename = (answer: Record<string, { __typename: string }>) => Object.values(answer)[0]!.__typename;

it(`${SUBMISSIONS} concurrent submissions under ${KEYS} keys leave ${KEYS}`, async () => {
  const token = await makeToken(api, "many", ["SUBMIT"]);
  const { client } = api.database;
  const sent = Array.from({ length: SUBMISSIONS }, (_, i) => {
    const key = `key-${i % KEYS}`;
    const input = inputOf(makeSubmission({ source: key }), { idempotencyKey: key });
    return api.read(SUBMIT.replace(/changes \{[^}]*\} before after \}/, ""), { variables: { input }, token });
  });
  const answers = await Promise.all(sent);
  expect(new Set(answers.map(typename))).toEqual(new Set(["SubmitResultsPayload"]));
  const ids = new Set(answers.map(({ submitResults }) => submitResults.submission.id));
  expect(ids.size).toBe(KEYS);
  expect(await client.submission.count()).toBe(KEYS);
  expect(await client.auditEvent.count({ where: { action: "submission.created" } })).toBe(KEYS);
}, 60_000);

it(`${REVIEWERS} reviewers on one submission leave one decision and one event, ${ROUNDS} times`, async () => {
  const token = await makeToken(api, "one", ["SUBMIT"]);
  const reviewers = await Promise.all(
    Array.from({ length: REVIEWERS }, (_, i) => makeToken(api, `reviewer ${i}`, ["REVIEW"])),
  );
  const { client } = api.database;
  for (let round = 0; round < ROUNDS; round++) {
    const method = { slug: `round-${round}`, name: `Round ${round}`, family: "OTHER" };
    const input = inputOf(makeSubmission({ method }), { idempotencyKey: `round-${round}` });
    const { submission } = (await api.read(SUBMIT, { variables: { input }, token })).submitResults;
    const answers = await Promise.all(
      reviewers.map((reviewer, i) => {
        const variables = { id: submission.id, verdict: i % 2 ? "ACCEPT" : "REJECT", reason: `says ${i}` };
        return api.read(REVIEW, { variables, token: reviewer });
      }),
    );
    const kinds = answers.map(typename);
    expect(kinds.filter((kind) => kind === "SubmissionPayload")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "Conflict")).toHaveLength(REVIEWERS - 1);
    const subject = `submission/${Buffer.from(submission.id, "base64").toString().split(":")[1]}`;
    const decisions = await client.auditEvent.count({
      where: { subject, action: { in: ["submission.accepted", "submission.rejected"] } },
    });
    expect(decisions).toBe(1);
  }
  const faults = await client.$queryRaw`select * from audit_faults()`;
  expect(faults).toEqual([]);
}, 600_000);
