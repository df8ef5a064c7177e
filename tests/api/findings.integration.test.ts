/** Implausible values of the ledger: found over the whole record, decided of once, asked about again when they change. */
import { connect, verifyAuditChain } from "@transferboard/prisma";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const FINDINGS = `query ($decided: Boolean) { findings(decided: $decided) { totalCount nodes {
  method code severity measure value message decision { verdict reason by } } } }`;
const DECIDE = `mutation ($input: DecideFindingInput!) { decideFinding(input: $input) { __typename
  ... on DecideFindingPayload { finding { code decision { verdict reason by } } } ... on Error { message } } }`;

interface Finding {
  method: string;
  code: string;
  severity: string;
  measure: string | null;
  value: number | null;
}

/** Asks again, as told, while the newest values are being checked. */
async function found(variables: object): Promise<{ totalCount: number; nodes: Finding[] }> {
  const { data, errors } = await api.ask(FINDINGS, { variables: { ...variables } });
  if (errors?.[0]?.extensions.code === "UNAVAILABLE") return found(variables);
  return data.findings;
}

it("finds nothing in the published table, a doubtful value once it is accepted, and asks once", {
  timeout: 120_000,
}, async () => {
  expect(await found({})).toEqual({ totalCount: 0, nodes: [] });
  const token = await makeToken(api, "ada", ["SUBMIT"]);
  const reviewer = await makeToken(api, "rosa", ["REVIEW"]);
  const measure = "many-shot-linear/pets/mean-per-class-accuracy";
  const body = {
    method: { slug: "doubtful", name: "Doubtful", family: "OTHER" },
    source: "https://example.org/doubtful",
    // On its bound, and every other method far away.
    values: [{ measure, value: 100 }],
  };
  const { submitResults } = await api.read(SUBMIT, { variables: { input: inputOf(body) }, token });
  const { id } = submitResults.submission;
  await api.read(REVIEW, { variables: { id, verdict: "ACCEPT", reason: "Checked." }, token: reviewer });

  const list = async (decided: boolean): Promise<Finding[]> => (await found({ decided })).nodes;
  const perfect = (await list(false)).find(({ code }: Finding) => code === "PERFECT");
  expect(perfect).toMatchObject({
    severity: "WARNING",
    method: "doubtful",
    measure,
    value: 100,
    decision: null,
  });
  const { method, code, value } = perfect!;
  const input = {
    method,
    code,
    measure,
    value,
    verdict: "ACCEPTED",
    reason: "The authors showed every prediction.",
  };
  expect((await api.ask(DECIDE, { variables: { input }, token })).data?.decideFinding.__typename).toBe(
    "NotAuthorized",
  );
  const { decideFinding } = await api.read(DECIDE, { variables: { input }, token: reviewer });
  expect(decideFinding.finding.decision).toEqual({ verdict: "ACCEPTED", reason: input.reason, by: "rosa" });
  expect((await list(false)).some((one) => one.code === "PERFECT")).toBe(false);
  expect((await list(true)).map((one) => one.code)).toEqual(["PERFECT"]);
  const event = await api.database.client.auditEvent.findFirst({ where: { action: "finding.created" } });
  expect(event?.details).toMatchObject({ code: "PERFECT", place: measure, value: 100, verdict: "ACCEPTED" });

  const other = await api.read(DECIDE, { variables: { input: { ...input, value: 99 } }, token: reviewer });
  expect(other.decideFinding).toMatchObject({ __typename: "NotFound" });

  // No decision is changed unseen, not even by the database's owner with the guards off and on again.
  await using owner = ownerOf(api.database.url);
  await expect(owner.client.findingDecision.deleteMany()).rejects.toThrow(/only ever added/);
  expect((await verifyAuditChain(owner.client)).faults).toEqual([]);
  const guard = "trigger finding_decision_append_only";
  await owner.client.$executeRawUnsafe(`alter table finding_decision disable ${guard}`);
  await owner.client.$executeRaw`update finding_decision set verdict = 'REJECTED'`;
  await owner.client.$executeRawUnsafe(`alter table finding_decision enable ${guard}`);
  expect((await verifyAuditChain(owner.client)).faults).toEqual([
    expect.stringMatching(/^finding\/\S+ was changed: verdict is not what the audit log says$/),
  ]);
});

function ownerOf(url: string) {
  const client = connect(url, { poolSize: 1, role: null, applicationName: "test" });
  return { client, [Symbol.asyncDispose]: () => client.$disconnect() };
}
