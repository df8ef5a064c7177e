/** Predictions that submitters bring: kept where they fit a test set, refused where they do not, and a value that they do not give refused. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpy, tensor } from "@transferboard/eval-core/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { DIGITS, recordDigits } from "./predicted.ts";
import { inputOf, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
let token: string;
let testSet: string;
const folder = mkdtempSync(join(tmpdir(), "artefacts-"));
beforeAll(async () => {
  api = await startApi({ artefactsFolder: folder });
  const runs = await recordDigits(api.database.client, folder);
  token = await makeToken(api, "ada", ["SUBMIT"]);
  const run = Buffer.from(`Run:${runs.get("nearest-mean")}`).toString("base64");
  testSet = (await api.read(`{ predictions(run: "${run}") { testSet } }`)).predictions.testSet;
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function bring(body: string | Uint8Array<ArrayBuffer>, address = "", by: string | null = token) {
  const headers: Record<string, string> = by ? { authorization: `Bearer ${by}` } : {};
  const response = await fetch(`${api.url}/predictions${address}`, { method: "POST", headers, body });
  const answer = (await response.json()) as {
    sha256?: string;
    bytes?: number;
    values?: Record<string, number>;
    errors?: { message: string }[];
  };
  return { status: response.status, ...answer, told: answer.errors?.[0]?.message };
}

const labelsOf = async () =>
  ((await (await fetch(`${api.url}/predictions/${testSet}.json`)).json()) as { labels: number[] }).labels;

const offer = (value: number, predictions: string) =>
  api.read(SUBMIT, {
    variables: {
      input: inputOf(
        {
          method: { slug: "brought", name: "Brought", family: "OTHER" },
          source: "https://example.org/brought",
          values: [{ measure: DIGITS, value, predictions }],
        },
        { idempotencyKey: `brought-${value}` },
      ),
    },
    token,
  });

it("keeps what fits and pairs it with our own runs once its value is accepted", async () => {
  const labels = await labelsOf();
  // Wrong in every tenth image.
  const answers = labels.map((label, i) => (i % 10 === 0 ? (label + 1) % 10 : label));
  const json = await bring(JSON.stringify({ testSet, measures: [DIGITS], predicted: answers }));
  expect(json).toMatchObject({ status: 201, values: { [DIGITS]: 90 } });
  expect(json.bytes).toBeLessThan(30 * 600);
  const npy = Uint8Array.from(encodeNpy(tensor("int32", [600], Int32Array.from(answers))));
  const brought = await bring(npy, `?testSet=${testSet}&measure=${DIGITS}`);
  expect(brought).toMatchObject({ status: 201, sha256: json.sha256 });
  const scores = Float32Array.from(
    answers.flatMap((c) => Array.from({ length: 10 }, (_, k) => (k === c ? 1 : 0))),
  );
  const logits = Uint8Array.from(encodeNpy(tensor("float32", [600, 10], scores)));
  expect(await bring(logits, `?testSet=${testSet}&measure=${DIGITS}`)).toMatchObject({
    status: 201,
    values: { [DIGITS]: 90 },
  });

  const { submitResults: refused } = await offer(91, json.sha256!);
  expect(refused.faults).toEqual([
    {
      place: "/values/0/value",
      message: "The value is 91, and its own predictions give 90 on 600 images.",
      expected: "the value that its predictions give, rounded at most",
      severity: "ERROR",
      nearest: [],
    },
  ]);
  const { submitResults: unknown } = await offer(90.4, "0".repeat(64));
  expect(unknown.faults[0].message).toContain("are kept here");
  const { submitResults } = await offer(90, json.sha256!);
  const reviewer = await makeToken(api, "rosa", ["REVIEW"]);
  const { id } = submitResults.submission;
  await api.read(REVIEW, { variables: { id, verdict: "ACCEPT", reason: "Checked." }, token: reviewer });
  const { significance } = await api.read(
    `{ significance(a: "brought", b: "nearest-neighbour", measure: "${DIGITS}") { images valueA onlyA onlyB pValue } }`,
  );
  expect(significance.images).toBe(600);
  expect(significance.valueA).toBeCloseTo(90, 9);
  expect(significance.pValue).toBeLessThan(0.001);
});

it("says in one sentence what does not fit, and keeps nothing", async () => {
  const told = async (body: object) =>
    (await bring(JSON.stringify({ testSet, measures: [DIGITS], ...body }))).told;
  expect(await told({ predicted: [1, 2, 3] })).toBe(
    "There are predictions of 3 images: the test set has 600.",
  );
  expect(await told({ predicted: Array(600).fill(10) })).toContain("is 10: expected a class from 0 to 9");
  expect(await told({})).toContain("Give one of predicted, top and scores: found 0");
  expect(await told({ predicted: Array(600).fill(1), extra: 1 })).toContain("/predictions/schema.json");
  expect(await told({ predicted: Array(600).fill(1), measures: ["knn/digits/map11"] })).toContain(
    "give no value of knn/digits/map11",
  );
  expect(await told({ testSet: "0".repeat(64), predicted: [1] })).toContain("No test set 000");
  expect((await bring("{", "")).told).toContain("no JSON");
  const whole = JSON.stringify({ testSet, measures: [DIGITS], predicted: Array(600).fill(1) });
  const again = `,"\\u0070redicted": ${JSON.stringify(Array(600).fill(2))}}`;
  expect((await bring(whole.replace(/}$/, again))).told).toBe(
    "The predictions tell the field 'predicted' twice: which of the two is meant?",
  );
  const npy = Uint8Array.from(encodeNpy(tensor("int32", [3], Int32Array.of(1, 2, 3))));
  expect((await bring(npy)).told).toContain("needs its test set and measures in the address");
  expect((await bring(npy, `?testSet=${testSet}&measure=${DIGITS}`)).told).toContain(
    "expected 600 images first",
  );
  expect((await bring("{}", "", null)).status).toBe(401);
  const schema = (await (await fetch(`${api.url}/predictions/schema.json`)).json()) as { properties: object };
  expect(Object.keys(schema.properties)).toEqual(["testSet", "measures", "predicted", "top", "scores"]);
});
