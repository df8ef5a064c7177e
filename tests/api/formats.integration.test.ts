/** Results of the field's formats against a live server: a thousand models at once, back as they came, and the ledger as files. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { checkCroissant } from "@transferboard/eval-core/formats";
import { SeededRandom } from "@transferboard/eval-core/tensor";
import { verifyAuditChain } from "@transferboard/prisma";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { REVIEW } from "./submissions.ts";

let api: Api;
let operator: string;
let submitter: string;
let reviewer: string;
beforeAll(async () => {
  api = await startApi();
  operator = await makeToken(api, "otto", ["SUBMIT", "ADMIN"]);
  submitter = await makeToken(api, "ada", ["SUBMIT"]);
  reviewer = await makeToken(api, "rosa", ["REVIEW"]);
});
afterAll(() => api.stop());

async function post(query: string, content: unknown, token = operator) {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  const response = await fetch(`${api.url}/submissions?${query}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "idempotency-key": createHash("sha256")
        .update(query + body)
        .digest("hex"),
    },
    body,
  });
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its request, which each test knows.
  return { status: response.status, body: (await response.json()) as any };
}

async function accept(id: string) {
  const variables = { id, verdict: "ACCEPT", reason: "Checked." };
  return (await api.read(REVIEW, { variables, token: reviewer })).reviewSubmission;
}

const HEADER = "model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,interpolation\n";

/** Files in timm's published form. */
function timmFiles(models: number, names: readonly string[]): Record<string, string> {
  const line = (i: number, at: number) => {
    const top1 = 60 + ((i * 7 + at * 13) % 30_000) / 1000;
    const cells = [
      `finch_${i}.a${i % 3}_in1k`,
      "224",
      top1.toFixed(3),
      (100 - top1).toFixed(3),
      "95.000",
      "5.000",
      "86.57",
      "0.950",
      "bicubic",
    ];
    return `${cells.join(",")}\n`;
  };
  return Object.fromEntries(
    names.map((name, at) => [name, HEADER + Array.from({ length: models }, (_, i) => line(i, at)).join("")]),
  );
}

const VALUE = { measure: "segmentation/ade20k/mean-iou", value: 0.3121 };
const NAMES = ["results-imagenet.csv", "results-imagenet-real.csv"];

describe("timm's tables", () => {
  const files = timmFiles(40, NAMES);
  let id: string;

  it("come as one submission, checked without recording and then recorded", async () => {
    const dry = await post("format=timm-csv&dryRun=true&published=true", files);
    expect(dry.body.submission).toBeNull();
    expect(dry.body.warnings[0].message).toBe("160 values of 40 methods; 0 entries are no value here.");
    expect(await api.database.client.submittedFile.count()).toBe(0);
    const { status, body } = await post("format=timm-csv&dryRun=false&published=true", files);
    expect(status).toBe(201);
    id = body.submission.id;
    expect(await api.database.client.submittedFile.count()).toBe(2);
  });

  it("are reviewed as one, and stand as published values with their places", async () => {
    const { submission } = await accept(id);
    expect(submission.status).toBe("ACCEPTED");
    const rows = await api.database.client.result.findMany({
      where: { method: { slug: "finch-7.a1-in1k" } },
      include: { measure: true, checkpoint: true, origin: true, protocol: true },
      orderBy: { id: "asc" },
    });
    expect(rows.map(({ measure }) => measure.slug)).toEqual([
      "robustness/imagenet/top1",
      "robustness/imagenet/top5",
      "robustness/imagenet-real/top1",
      "robustness/imagenet-real/top5",
    ]);
    expect(rows[0]).toMatchObject({
      provenance: "PUBLISHED",
      source: "timm results-imagenet.csv",
      checkpoint: { name: "finch_7.a1_in1k", architecture: "finch_7", sha256: null },
      origin: { place: "results-imagenet.csv: row 9, column top1", extra: { paramCount: "86.57" } },
      protocol: { body: { by: "timm", imageSize: 224 } },
    });
    const aliases = await api.database.client.alias.findMany({
      where: { method: { slug: "finch-7.a1-in1k" } },
    });
    expect(aliases.map(({ kind, name }) => `${kind}:${name}`).sort()).toEqual([
      "hf:timm/finch_7.a1_in1k",
      "timm:finch_7.a1_in1k",
    ]);
    expect((await verifyAuditChain(api.database.client)).faults).toEqual([]);
  });

  it("keep the files as they were sent", async () => {
    const sha256 = createHash("sha256").update(files[NAMES[0]!]!).digest("hex");
    const kept = await api.database.client.submittedFile.findUniqueOrThrow({ where: { sha256 } });
    expect(gunzipSync(kept.gzip).toString()).toBe(files[NAMES[0]!]);
  });

  it("rank on their board", async () => {
    const { leaderboard } = await api.read(
      `{ leaderboard(suite: "robustness/imagenet/top1", first: 1) { nodes { rank cells { value } } } }`,
    );
    expect(leaderboard.nodes).toHaveLength(1);
    expect(leaderboard.nodes[0].rank).toBe(1);
  });

  it("are given back line for line", async () => {
    const response = await fetch(`${api.url}/export/formats/timm-csv?setting=robustness`);
    const { files: given, leftOut } = (await response.json()) as {
      files: Record<string, string>;
      leftOut: unknown[];
    };
    expect(leftOut).toEqual([]);
    const sorted = (text: string) => text.trim().split("\n").slice(1).sort();
    expect(sorted(given[NAMES[0]!]!)).toEqual(sorted(files[NAMES[0]!]!));
    expect(given[NAMES[1]!]!.split("\n")[0]).toMatch(/rank_diff$/);
  });

  it("sent again add nothing", async () => {
    const again = await post("format=timm-csv&dryRun=false&published=true&date=2026-08-01", files);
    expect(await accept(again.body.submission.id)).toMatchObject({
      message: expect.stringContaining("in the ledger already"),
    });
  });

  it("are an operator's to bring as published", async () => {
    const { status, body } = await post("format=timm-csv&dryRun=true&published=true", files, submitter);
    expect(status).toBe(401);
    expect(body.errors[0].message).toMatch(/ADMIN is needed/);
    expect((await post("format=timm-csv&dryRun=true", files, submitter)).status).toBe(200);
  });

  it("with a fault are refused whole, each by its place", async () => {
    const damaged = {
      [NAMES[0]!]: files[NAMES[0]!]!.replace(/,224,[\d.]+,/, ",224,190.000,").replace("86.57", "many"),
    };
    const { status, body } = await post("format=timm-csv&dryRun=false", damaged);
    expect(status).toBe(422);
    expect(
      body.errors[0].extensions.faults.map((one: { code: string; place: string }) => [one.place, one.code]),
    ).toEqual([
      ["results-imagenet.csv: row 2, column top1", "out-of-bounds"],
      ["results-imagenet.csv: row 2, column param_count", "not-a-number"],
    ]);
  });

  it("name the row of a copy, and refuse what cannot be at its cell, at any place of the files", async () => {
    const random = new SeededRandom(3);
    const drawn = ["imagenet", "imagenet-real", "sketch", "imagenet-a", "imagenet-r"].map((name) => {
      const cells = Array.from({ length: 12 }, () => {
        const top1 = random.uniform(20, 80);
        const top5 = random.uniform(top1, 99);
        return [top1, 100 - top1, top5, 100 - top5].map((share) => share.toFixed(3)).join(",");
      });
      cells[9] = cells[7]!;
      const lines = cells.map((own, i) => `crow_${i}.a1_in1k,224,${own},86.57,0.950,bicubic\n`);
      return [`results-${name}.csv`, HEADER + lines.join("")];
    });
    const { body } = await post("format=timm-csv&dryRun=true", Object.fromEntries(drawn));
    expect(body.warnings[0].message).toMatch(/ One doubt about numbers\.$/);
    expect(body.warnings[1]).toMatchObject({
      code: "COPY",
      place: "results-imagenet.csv: row 11",
      message: expect.stringMatching(
        /^crow_9\.a1_in1k: 10 of 10 values are those of crow-7\.a1-in1k to the last digit/,
      ),
    });
    const run = {
      results: { "linear-probe/food": { "accuracy,none": 0.9123, "top5,none": 0.5 } },
      "n-shot": {},
      config: { model_args: "pretrained=a/b" },
    };
    const refused = await post("format=lm-eval&dryRun=true", { "results_1.json": run });
    expect(refused.body.errors[0].extensions.faults).toMatchObject([
      { code: "TOP_ORDER", severity: "ERROR", place: expect.stringContaining("/results/linear-probe~1food") },
    ]);
  });

  it("of one suite list what they leave out", async () => {
    const { body } = await post("format=timm-csv&dryRun=true&suite=robustness-own-classifier", files);
    expect(body.warnings[0].message).toMatch(/^160 values/);
    const other = await post("format=timm-csv&dryRun=true&suite=segmentation", files);
    expect(other.body.errors[0].extensions.faults[0].message).toMatch(/160 entries have no measure here/);
  });
});

it("MTEB's own folders are read as MTEB's, and ours in its form as before", async () => {
  const meta = { name: "sample-org/owl", revision: "main" };
  const task = {
    task_name: "DTD",
    mteb_version: "1.14.15",
    scores: {
      test: [{ accuracy: 0.57, main_score: 0.57 }],
      validation: [{ accuracy: 0.5, main_score: 0.5 }],
    },
  };
  const { body } = await post("format=mteb&dryRun=true", { "model_meta.json": meta, "DTD.json": task });
  expect(body.warnings.map(({ message }: { message: string }) => message)).toEqual([
    "1 values of 1 methods; 1 entries are no value here.",
    "'DTD validation' is left out: not-a-test-split.",
  ]);
});

it("a file that stands as JSON in a folder keeps the digits that it was written with", async () => {
  const task = '{"task_name": "DTD", "scores": {"test": [{"accuracy": 0.570, "main_score": 0.570}]}}';
  const folder = `{"model_meta.json": {"name": "sample-org/digits"}, "DTD.json": ${task}}`;
  expect((await post("format=mteb", folder)).status).toBe(201);
  const { body } = await api.database.client.submission.findFirstOrThrow({ orderBy: { createdAt: "desc" } });
  expect(body).toMatchObject({ rows: [{ value: 57, extra: { raw: "0.570" } }] });
});

describe("the ledger as files", () => {
  it("is CSV under an address that does not change, described in Croissant by its very bytes", async () => {
    const response = await fetch(`${api.url}/export/croissant.json`);
    expect(response.headers.get("content-type")).toContain("application/ld+json");
    const text = await response.text();
    const { distribution } = JSON.parse(text);
    const address = new URL(distribution[0].contentUrl);
    const csv = await (await fetch(`${api.url}${address.pathname}${address.search}`)).text();
    expect(checkCroissant(text, [{ name: "ledger.csv", text: csv }])).toEqual([]);
    expect(checkCroissant(text, [{ name: "ledger.csv", text: `${csv} ` }])).toMatchObject([
      { kind: "another-hash" },
    ]);
    const beyond = await fetch(`${api.url}/export/ledger.csv?position=999999`);
    expect(beyond.status).toBe(400);
  });

  it("is Parquet with every entry, its types kept", async () => {
    const response = await fetch(`${api.url}/export/ledger.parquet`);
    expect(response.status, response.ok ? "" : await response.text()).toBe(200);
    const file = await response.arrayBuffer();
    const rows = await parquetReadObjects({ file });
    const { client } = api.database;
    expect(rows.length).toBe(await client.result.count());
    const first = await client.result.findFirstOrThrow({
      include: { measure: true, method: true },
      orderBy: { id: "asc" },
    });
    expect(rows[0]).toMatchObject({
      position: first.id,
      method: first.method.slug,
      measure: first.measure.slug,
      value: first.value,
      recorded_at: first.recordedAt,
      retracted: false,
    });
    expect(rows.at(-1)).toMatchObject({ setting: "robustness", extra: expect.stringContaining('"raw"') });
  });

  it("has JSON-LD for the pages of boards, datasets and methods", async () => {
    const { board, dataset, method } = await api.read(
      `{ board: jsonLd(suite: "many-shot-linear") dataset: jsonLd(dataset: "dtd") method: jsonLd(method: "swav") }`,
    );
    expect(board).toMatchObject({
      "@type": "sc:Dataset",
      name: "transferboard-many-shot-linear",
      isLiveDataset: true,
    });
    expect(dataset).toMatchObject({ "@type": "Dataset", name: "DTD", url: "http://site.test/datasets/dtd" });
    expect(dataset).not.toHaveProperty("license");
    expect(method).toMatchObject({ "@type": "CreativeWork", url: "http://site.test/methods/swav" });
  });
});

describe("the clients' examples", () => {
  const run = promisify(execFile);
  const root = new URL("../../", import.meta.url);
  const env = () => ({ ...process.env, TRANSFERBOARD_SERVER: api.url, TRANSFERBOARD_TOKEN: submitter });

  const SAID = [
    /^154 values of 14 methods$/,
    /^r = 0\.\d\d over 14 methods$/,
    /^\d+ datasets$/,
    /^checked: \d+ warnings$/,
  ];

  it("in TypeScript", async () => {
    const { stdout } = await run(process.execPath, ["packages/client/examples/board.ts"], {
      cwd: root,
      env: env(),
    });
    const lines = stdout.trim().split("\n");
    SAID.forEach((pattern, i) => {
      expect(lines[i]).toMatch(pattern);
    });
  });

  it("in Python, where there is one", async (context) => {
    const python = await run("python3", ["--version"]).catch(() => null);
    if (!python) {
      console.warn("python3 is missing: the Python client is not tried.");
      context.skip();
    }
    const { stdout } = await run("python3", ["packages/client/examples/board.py"], { cwd: root, env: env() });
    const lines = stdout.trim().split("\n");
    SAID.forEach((pattern, i) => {
      expect(lines[i]).toMatch(pattern);
    });
    expect(lines[4]).toBe("refused: /values/0/value");
    const { stdout: board } = await run(
      "python3",
      ["packages/client/python/transferboard.py", "segmentation"],
      { cwd: root, env: env() },
    );
    expect(board.split("\n")[0]).toBe(
      "method\tname\trank\tmeasure\tvalue\tlower\tupper\tprovenance\tprotocol",
    );
  });

  /** Of a page: indented blocks that begin so, at this server's address. */
  const shown = (page: string, start: RegExp) =>
    [...readFileSync(new URL(page, root), "utf8").matchAll(/(?:^|\n\n)((?: {4}.*\n|\n(?= {4}))+)/g)]
      .map(([, block]) => block!.replace(/^ {4}/gm, ""))
      .filter((block) => start.test(block))
      .map((block) => block.replace(/http:\/\/localhost:4000|localhost:4000/g, api.url));

  it("as the pages show them: in Python, and by curl", async (context) => {
    const pages = ["docs/formats.md", "packages/client/python/transferboard.py"];
    const blocks = pages.flatMap((page) => shown(page, /^from transferboard import/));
    expect(blocks.length).toBe(pages.length);
    const addresses = shown("docs/formats.md", /^curl/).flatMap((block) =>
      [...block.matchAll(/http:[^'\s]+/g)].map(([address]) => address),
    );
    expect(addresses.length).toBe(4);
    for (const address of addresses) expect((await fetch(address)).status, address).toBe(200);
    if (!(await run("python3", ["--version"]).catch(() => null))) context.skip();
    const results = { method: { slug: "swav" }, source: "here", values: [VALUE] };
    for (const block of blocks) {
      const program = block
        .replace(/url, token="..."/g, `${JSON.stringify(api.url)}, token=${JSON.stringify(submitter)}`)
        .replace(/\bresults\b/g, JSON.stringify(results));
      const { stdout } = await run("python3", ["-c", `${program}\nprint(len(rows))`], {
        cwd: new URL("packages/client/python/", root),
      });
      expect(stdout).toBe("154\n");
    }
  });
});
