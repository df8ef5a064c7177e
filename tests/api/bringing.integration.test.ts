/** What a submission may bring that is new: measures, protocols, weights, and a method in formats that only name it. */
import { fingerprint, type Json } from "@transferboard/vocabulary/canonical-json";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, makeSubmission, REVIEW, SUBMIT } from "./submissions.ts";

let api: Api;
let submitter: string;
let reviewer: string;
beforeAll(async () => {
  api = await startApi();
  submitter = await makeToken(api, "ada", ["SUBMIT"]);
  reviewer = await makeToken(api, "rosa", ["REVIEW"]);
});
afterAll(() => api.stop());

async function submit(body: unknown, more: Record<string, unknown> = {}) {
  const variables = { input: inputOf(body, more) };
  return (await api.read(SUBMIT, { variables, token: submitter })).submitResults;
}

async function decide(id: string, verdict: "ACCEPT" | "REJECT") {
  const variables = { id, verdict, reason: "Checked against the paper." };
  return (await api.read(REVIEW, { variables, token: reviewer })).reviewSubmission;
}

it("a measure that another dataset of its setting has is added when it is accepted", async () => {
  const measure = "calibration-linear/cifar10/ece";
  const values = [
    { measure, value: 4.5 },
    { measure: "calibration-linear/cifar10/ece-scaled", value: 2.5 },
  ];
  const { submission, warnings } = await submit(
    { method: { slug: "swav" }, source: "here", values },
    { idempotencyKey: "new-measures" },
  );
  expect(warnings).toMatchObject([
    {
      place: "/values/0/measure",
      severity: "WARNING",
      message: `There is no measure '${measure}' yet: it is added with the submission.`,
    },
    { place: "/values/1/measure" },
  ]);
  expect(await api.database.client.measure.count({ where: { slug: measure } })).toBe(0);
  expect((await decide(submission.id, "ACCEPT")).submission.status).toBe("ACCEPTED");
  const { leaderboard } = await api.read(
    `{ leaderboard(suite: "${measure}") { suite { title } nodes { method { slug } rank cells { value } } } }`,
  );
  expect(leaderboard).toEqual({
    suite: { title: "CIFAR10: expected calibration error (Calibration, linear)" },
    nodes: [{ method: { slug: "swav" }, rank: 1, cells: [{ value: 4.5 }] }],
  });
});

describe("the protocols of values", () => {
  const body = {
    evaluation: "segmentation",
    version: 1,
    grid: { rates: [0.1, 1e-7, 1e21], head: "UPerNet é" },
    steps: 5,
  };
  const protocol = { fingerprint: fingerprint(body), title: "Segmentation in five steps", body };
  const iou = { measure: "segmentation/ade20k/mean-iou", value: 0.2 };
  const normals = { measure: "surface-normals/nyuv2/mean-error", value: 40 };
  const offer = (more: Record<string, unknown>, idempotencyKey: string) =>
    submit({ ...makeSubmission({ method: { slug: "swav" } }), ...more }, { idempotencyKey });

  it("come with it, are recorded when it is accepted, and differ from others by their fields", async () => {
    const values = [{ ...iou, protocol: protocol.fingerprint }];
    const { submission } = await offer({ values, protocols: [protocol] }, "with-its-protocol");
    const { client } = api.database;
    const where = { fingerprint: protocol.fingerprint };
    expect(await client.protocol.findUnique({ where })).toBeNull();
    const early = await offer({ values, source: "elsewhere" }, "too-early");
    expect(early.faults).toMatchObject([
      { place: "/values/0/protocol", message: expect.stringContaining("is recorded") },
    ]);

    const accepted = await decide(submission.id, "ACCEPT");
    expect(accepted.submission.status).toBe("ACCEPTED");
    const row = await client.protocol.findUniqueOrThrow({ where });
    expect(row).toMatchObject({ settingSlug: "segmentation", title: protocol.title, body });
    expect(fingerprint(row.body as Json)).toBe(protocol.fingerprint);
    const published = await client.protocol.findFirstOrThrow({
      where: { settingSlug: "segmentation", NOT: where },
    });
    const DIFF =
      "query ($left: String!, $right: String!) { protocolDiff(left: $left, right: $right) { differences { path left right } } }";
    const variables = { left: protocol.fingerprint, right: published.fingerprint };
    const { protocolDiff } = await api.read(DIFF, { variables });
    expect(protocolDiff.differences).toContainEqual({ path: "/steps", left: 5, right: null });

    const later = await offer({ values, source: "elsewhere", protocols: [protocol] }, "known-by-now");
    expect(later.submission.status).toBe("PENDING");
    expect((await decide(later.submission.id, "ACCEPT")).submission.status).toBe("ACCEPTED");
    expect((await offer({ values, source: "a third" }, "by-name")).submission.status).toBe("PENDING");
    const named = [{ ...normals, protocol: protocol.fingerprint }];
    const strange = await offer({ values: named }, "of-another-setting");
    expect(strange.faults).toMatchObject([
      { place: "/values/0/protocol", message: "The protocol is of the setting segmentation." },
    ]);
  });

  it.each<[string, object, string, RegExp, RegExp]>([
    [
      "a fingerprint of another body",
      {
        values: [{ ...iou, protocol: protocol.fingerprint }],
        protocols: [{ ...protocol, body: { ...body, steps: 6 } }],
      },
      "/protocols/0/fingerprint",
      /not that of the body/,
      new RegExp(fingerprint({ ...body, steps: 6 })),
    ],
    [
      "one that no value names",
      { values: [iou], protocols: [protocol] },
      "/protocols/0",
      /No value names/,
      /under it/,
    ],
    [
      "one twice",
      { values: [{ ...iou, protocol: protocol.fingerprint }], protocols: [protocol, protocol] },
      "/protocols/1/fingerprint",
      /already, at \/protocols\/0/,
      /once/,
    ],
    [
      "one of two settings",
      {
        values: [iou, normals].map((value) => ({ ...value, protocol: protocol.fingerprint })),
        protocols: [protocol],
      },
      "/values/1/protocol",
      /of the setting segmentation/,
      /a measure of segmentation/,
    ],
    [
      "no body",
      { values: [iou], protocols: [{ fingerprint: protocol.fingerprint, body: [] }] },
      "/protocols/0/body",
      /A list of 0 is not what belongs here/,
      /./,
    ],
    [
      "a body too deep",
      {
        values: [iou],
        protocols: [{ ...protocol, body: JSON.parse(`${'{"a":'.repeat(200)}1${"}".repeat(200)}`) }],
      },
      "/protocols/0",
      /nested too deeply/,
      /32 levels/,
    ],
    ["NUL", { values: [iou], source: "a\u0000b" }, "/source", /NUL/, /Unicode/],
    [
      "half a letter",
      {
        values: [{ ...iou, protocol: protocol.fingerprint }],
        protocols: [{ ...protocol, body: { "\ud800": 1 } }],
      },
      "/protocols/0/body",
      /surrogate/,
      /Unicode/,
    ],
  ])("%s is a fault", async (_, more, place, message, expected) => {
    const answer = await offer(more as Record<string, unknown>, "bad");
    expect(answer.faults).toMatchObject([
      { place, message: expect.stringMatching(message), expected: expect.stringMatching(expected) },
    ]);
  });
});

it("weights that are recorded as another method's, or a name that others have, are faults", async () => {
  const { client } = api.database;
  const { id: methodId } = await client.method.findUniqueOrThrow({ where: { slug: "byol" } });
  const sha256 = "c".repeat(64);
  const network = {
    architecture: "ResNet-50",
    featureDimension: 2048,
    inputMean: [0, 0, 0],
    inputStd: [1, 1, 1],
  };
  const known = await client.checkpoint.create({ data: { methodId, name: "byol.pth", sha256, ...network } });
  const offer = (slug: string, checkpoint: object) =>
    submit({ ...makeSubmission({ method: { slug } }), checkpoint }, { dryRun: true });
  expect((await offer("swav", { sha256 })).faults).toMatchObject([
    { place: "/checkpoint/sha256", message: "The checkpoint with this SHA-256 is recorded as one of byol." },
  ]);
  expect((await offer("byol", { sha256: "d".repeat(64), name: known.name })).faults).toMatchObject([
    { place: "/checkpoint/name", message: `byol has another checkpoint called '${known.name}'.` },
  ]);
  expect(await offer("byol", { sha256 })).toMatchObject({ warnings: [] });
});

describe("a new method in a format that only names it", () => {
  const details = { name: "Brand New", family: "OTHER", year: 2026, pretraining: { epochs: 5 } };
  const card = (more = "", name = "someone/Brand-New") => `---
${more}model-index:
  - name: ${name}
    results:
      - dataset: { type: ade20k }
        task: { name: segmentation }
        metrics: [{ type: mean-iou, value: 0.31 }]
---
# Brand New`;
  const folder = (more: object = {}) =>
    JSON.stringify({
      "model_meta.json": { name: "someone/Brand New" },
      "iou.json": { task_name: "segmentation/ade20k/mean-iou", scores: { test: [{ main_score: 0.31 }] } },
      ...more,
    });

  it.each([
    ["MODEL_INDEX", card(`method: ${JSON.stringify(details)}\n`)],
    ["MTEB", folder({ "method.json": details })],
  ])("%s: is told beside", async (format, content) => {
    const key = `new-${format}`;
    expect(await submit(content, { format, idempotencyKey: key })).toMatchObject({ warnings: [] });
    const row = await api.database.client.submission.findFirstOrThrow({ where: { idempotencyKey: key } });
    expect(row.body).toMatchObject({
      method: { slug: expect.stringMatching(/^(someone\.)?brand-new$/), ...details },
    });
  });

  it.each([
    ["MODEL_INDEX", card(), "/method/family", /CONTRASTIVE.+, under 'method', beside 'model-index'$/],
    ["MODEL_INDEX", card("method: [1]\n"), "/method", /object/],
    ["MODEL_INDEX", card("", "'%%'"), "/model-index/0/name", /small letters and digits/],
    ["MODEL_INDEX", card("method: { slug: A }\n"), "/method/slug", /small letters and digits/],
    [
      "MTEB",
      folder(),
      "/method.json/name",
      /its name for people, in a file method\.json beside model_meta\.json$/,
    ],
    ["MTEB", folder({ "method.json": { ...details, colour: 1 } }), "/method.json/colour", /a field of/],
  ])("%s: a fault says where it belongs (%#)", async (format, content, place, expected) => {
    const { faults } = await submit(content, { format, idempotencyKey: "bad" });
    const found = faults.find((one: { place: string }) => one.place === place);
    expect([place, found?.expected ?? ""]).toEqual([place, expect.stringMatching(expected)]);
    expect(found?.severity).toBe("ERROR");
  });
});
