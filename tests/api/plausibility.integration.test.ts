/** Numbers that cannot be, or hardly, offered through the API: refused or warned of, each with its code and its place. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf } from "./submissions.ts";

interface Case {
  readonly id: string;
  readonly note: string;
  readonly expect?: readonly { codes: string[]; severity: string; places: string[] }[];
  readonly submission: object;
}

const cases = (name: string): Case[] => {
  const url = new URL(`../../packages/eval-core/golden/record/submissions/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(url)).toString()).cases;
};

const CHECK = `mutation ($input: SubmitResultsInput!) { submitResults(input: $input) { __typename
  ... on SubmitResultsPayload { warnings { code place severity message } }
  ... on InvalidSubmission { faults { code place severity message } } } }`;

let api: Api;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await makeToken(api, "ada", ["SUBMIT"]);
});
afterAll(() => api.stop());

interface Found {
  readonly code: string | null;
  readonly place: string;
  readonly severity: string;
  readonly message: string;
}

async function foundIn({ id, submission }: Case): Promise<Found[]> {
  const input = inputOf(submission, { idempotencyKey: id, dryRun: true });
  const { submitResults } = await api.read(CHECK, { variables: { input }, token });
  return submitResults.faults ?? submitResults.warnings;
}

describe("forty submissions with a number that cannot be, or hardly", () => {
  it.each(cases("bad").map((one) => [one.id, one.note, one] as const))("%s: %s", async (_, __, one) => {
    const found = await foundIn(one);
    for (const { codes, severity, places } of one.expect!) {
      const right = found.filter(
        (own) => codes.includes(own.code ?? "") && own.severity === severity && places.includes(own.place),
      );
      expect(right, JSON.stringify(found)).not.toEqual([]);
      expect(right[0]!.message).toMatch(/[.]$/);
    }
  });
});

it("of forty honest submissions at most one has its numbers doubted", async () => {
  const doubted: string[] = [];
  for (const one of cases("honest")) {
    const codes = (await foundIn(one)).flatMap(({ code }) => code ?? []);
    if (codes.length > 0) doubted.push(`${one.id}: ${codes.join(", ")}`);
  }
  expect(doubted.length, doubted.join("; ")).toBeLessThanOrEqual(1);
});
