/** What became of one's submissions: to their submitter, with a timeline; to nobody else but reviewers. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { inputOf, makeSubmission, REVIEW, SUBMIT } from "../api/submissions.ts";
import { runHere } from "./in-process.ts";

let api: Api;
let ada: string;
let eve: string;
let rosa: string;
beforeAll(async () => {
  api = await startApi();
  ada = await makeToken(api, "ada", ["SUBMIT"]);
  eve = await makeToken(api, "eve", ["SUBMIT"]);
  rosa = await makeToken(api, "rosa", ["REVIEW"]);
});
afterAll(() => api.stop());

const uuidOf = (id: string) => atob(id).replace("Submission:", "");

const run = (args: readonly string[], token: string) =>
  runHere(args, { TRANSFERBOARD_SERVER: api.url, TRANSFERBOARD_TOKEN: token });

async function done(args: readonly string[], token: string): Promise<string> {
  const { code, stdout, stderr } = await run(args, token);
  expect(code, stderr).toBe(0);
  return stdout;
}

async function submitted(key: string, token: string): Promise<string> {
  const input = inputOf(makeSubmission(), { idempotencyKey: key });
  return (await api.read(SUBMIT, { variables: { input }, token })).submitResults.submission.id;
}

it("lists one's own, shows what happened, and shows others nothing", async () => {
  const [first, second] = [await submitted("first", ada), await submitted("second", ada)];
  const others = await submitted("others", eve);
  const decide = (id: string, verdict: string, reason: string) =>
    api.read(REVIEW, { variables: { id, verdict, reason }, token: rosa });
  const { reviewSubmission } = await decide(first, "ACCEPT", "As in the paper.");
  await decide(second, "REJECT", "Twice the same.");
  const [{ id: entry }] = reviewSubmission.submission.results;
  const RETRACT = `mutation ($id: ID!) { retractResult(input: { id: $id, reason: "The split leaked." }) { __typename } }`;
  await api.read(RETRACT, { variables: { id: entry }, token: rosa });

  const list = JSON.parse(await done(["submissions", "--json"], ada));
  expect(list).toMatchObject({
    more: 0,
    submissions: [
      { id: second, status: "REJECTED", reason: "Twice the same.", decidedBy: "rosa" },
      { id: first, status: "ACCEPTED", submitter: "ada", methodSlug: "made-up", valueCount: 2 },
    ],
  });
  const words = await done(["submissions", "--state", "rejected"], ada);
  expect(words).toMatch(
    new RegExp(`${uuidOf(second).slice(0, 13)}\\S* +rejected +ada +made-up +2 .+ UTC by rosa\n`),
  );
  expect(words).not.toContain("accepted");
  expect(await done(["submissions", "--limit", "1"], ada)).toContain("And 1 older: --limit shows more.");
  expect(await done(["submissions", "--state", "pending"], ada)).toBe("No submissions.\n");

  const shown = await done(["submission", first], ada);
  const lines = shown
    .split("\n")
    .map((line) => line.replace(/\S+ \S+ UTC/, "MOMENT").replace(/ {2,}/g, "  "));
  const position = atob(entry).split(":")[1]!;
  expect(lines).toContain(`segmentation/ade20k/mean-iou  0.31  ${position}`);
  for (const line of [
    "MOMENT  ada  received",
    "MOMENT  rosa  accepted  As in the paper.",
    `MOMENT  rosa  recorded  2 values, entries ${position} to ${Number(position) + 1}`,
    `MOMENT  rosa  retracted  entry ${position}: The split leaked.`,
  ]) {
    expect(lines).toContain(line);
  }

  // A stranger learns of none of them, however it is asked; a reviewer of all.
  expect(await done(["submissions", "--all", "--json"], eve)).not.toContain(first);
  const strange = await run(["submission", first], eve);
  expect([strange.code, strange.stderr]).toEqual([
    3,
    "the server says: There is no submission of yours with this id\n",
  ]);
  for (const id of [first, second]) {
    const node = await api.ask(
      "query ($id: ID!) { node(id: $id) { ... on Submission { status body timeline { action } } } }",
      {
        variables: { id },
        token: eve,
      },
    );
    expect(JSON.stringify(node)).not.toMatch(/ACCEPTED|REJECTED|made-up|submission\.created/);
  }
  const all = await api.read("{ submissions { totalCount nodes { id } } }", { token: eve });
  expect(all.submissions).toEqual({ totalCount: 1, nodes: [{ id: others }] });
  expect(JSON.parse(await done(["submissions", "--all", "--json"], rosa)).submissions).toHaveLength(3);
  expect(await done(["submissions"], rosa)).toBe("No submissions.\n");
  expect(await done(["submission", others], rosa)).toContain("is pending: made-up, submitted by eve");
});

it.each([
  [["submissions", "--state", "lost"], 2, "known are pending, accepted, rejected, withdrawn"],
  [["submissions", "--limit", "0"], 2, "whole number from 1"],
  [["submission", "12"], 3, "no submission begins with '12'"],
])("%j is one sentence", async (args, exit, words) => {
  const { code, stderr } = await run(args, ada);
  expect([code, stderr]).toEqual([exit, expect.stringContaining(words)]);
});
