/** What readers take away: the same board and ledger in other forms, safe to open. */
import { csvCell } from "@transferboard/api/modules/export/csv";
import { escapeLatex } from "@transferboard/api/modules/export/latex";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function get(path: string) {
  const response = await fetch(`${api.url}${path}`);
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

describe("a board", () => {
  it("as CSV: one row a method, the values unrounded", async () => {
    const { text, type } = await get("/export/leaderboard.csv?suite=many-shot-linear");
    expect(type).toMatch(/^text\/csv/);
    const rows = text.trimEnd().split("\r\n");
    expect(rows).toHaveLength(15);
    expect(rows[0]).toMatch(/^rank,method,name,family,year,mean,many-shot-linear\/aircraft\//);
    expect(rows[1]).toMatch(/^1,deepcluster-v2,DeepCluster-v2,CLUSTERING,2020,78\.919\d+,54\.49,/);
  });

  it("as JSON, filtered as in GraphQL", async () => {
    const { text } = await get(
      "/export/leaderboard.json?suite=detection-frozen&family=clustering&epochsMin=300",
    );
    const board = JSON.parse(text);
    expect(board.rows.map(({ method }: { method: string }) => method)).toEqual([
      "deepcluster-v2",
      "swav",
      "sela-v2",
    ]);
  });

  it("as LaTeX, best in bold and second best underlined", async () => {
    const { text } = await get("/export/leaderboard.tex?suite=segmentation");
    expect(text).toContain("1 & PCL-v1 & \\textbf{0.2983} & \\textbf{75.00} & \\textbf{0.2983} \\\\");
    expect(text).toMatch(/SimCLR-v1 & \\underline\{0\.2966\}/);
    expect(text.match(/\\begin\{tabular\}/g)).toHaveLength(1);
  });

  it.each([
    ["/export/leaderboard.csv", 400],
    ["/export/leaderboard.xls?suite=segmentation", 404],
    ["/export/leaderboard.csv?suite=segmentatio", 404],
    ["/export/leaderboard.csv?suite=segmentation&family=OWL", 400],
    ["/export/leaderboard.csv?suite=segmentation&asOf=yesterday", 400],
    ["/export/leaderboard.csv?suite=segmentation&yearMin=x", 400],
    ["/export/results.csv?methods=nobody", 404],
    ["/badge/swav/nothing.svg", 404],
    ["/feeds/methods/nobody.atom", 404],
    ["/nowhere", 404],
  ])("%s is answered %i in JSON", async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).errors[0].message).toMatch(/\w/);
  });
});

describe("a table for a paper", () => {
  it("says of which moment it is, and how sure its values are", async () => {
    const { text } = await get("/export/leaderboard.tex?suite=few-shot-cdfsl");
    expect(text).toMatch(/\\caption\{Few-shot .+ transferboard, ledger position \d+, \d{4}-\d{2}-\d{2}\.\}/);
    const { leaderboard } = await api.read(
      '{ leaderboard(suite: "few-shot-cdfsl", first: 1) { nodes { cells { value interval { upper } } } } }',
    );
    const [{ value, interval }] = leaderboard.nodes[0].cells;
    const cell = `${value.toFixed(2)} {\\scriptsize $\\pm$ ${(interval.upper - value).toFixed(2)}}`;
    expect(text).toContain(cell);
  });

  it("marks every tie, as the board places it", async () => {
    const { text } = await get("/export/leaderboard.tex?suite=segmentation&methods=swav,pcl-v1");
    expect(text.match(/\\textbf/g)!.length).toBe(3);
    expect(text.match(/\\underline/g)!.length).toBe(3);
  });
});

describe("the same answer", () => {
  it.each([
    "/export/leaderboard.csv?suite=segmentation",
    "/export/results.jsonl?suite=segmentation",
    "/badge/swav/segmentation.svg",
    "/feeds/methods/swav.atom",
    "/feeds/suites/segmentation.atom",
  ])("is not sent twice while the ledger stands: %s", async (path) => {
    const first = await fetch(`${api.url}${path}`);
    await first.text();
    const etag = first.headers.get("etag")!;
    const again = await fetch(`${api.url}${path}`, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    await api.database.client.account.create({ data: { name: `anyone after ${path}` } });
    const changed = await fetch(`${api.url}${path}`, { headers: { "if-none-match": etag } });
    await changed.text();
    expect(changed.status).toBe(200);
  });

  it("has a name that says what it is", async () => {
    const { headers } = await fetch(`${api.url}/export/leaderboard.tex?suite=imagenet/imagenet/top1`);
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="?imagenet-imagenet-top1-at-\d+\.tex"?$/,
    );
  });
});

describe("the ledger", () => {
  it("as JSON lines and as CSV: every entry once", async () => {
    const jsonl = (await get("/export/results.jsonl")).text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(jsonl).toHaveLength(1204);
    expect(new Set(jsonl.map(({ position }) => position)).size).toBe(1204);
    const csv = (await get("/export/results.csv?suite=few-shot-cdfsl&methods=swav")).text;
    expect(csv.trimEnd().split("\r\n")).toHaveLength(5);
  });
});

describe("the rest", () => {
  it("a badge says the rank", async () => {
    const { text, type } = await get("/badge/deepcluster-v2/many-shot-linear.svg");
    expect(type).toMatch(/^image\/svg\+xml/);
    expect(text).toContain("#1 of 14");
    expect((await get("/badge/supervised/imagenet/imagenet/top1.svg")).text).toContain("#1 of 14");
  });

  it("a feed lists the latest entries", async () => {
    const { text, type } = await get("/feeds/methods/swav.atom");
    expect(type).toMatch(/^application\/atom\+xml/);
    expect(text.match(/<entry>/g)).toHaveLength(50);
  });

  it("a method's BibTeX, and the answer's own with its moment", async () => {
    expect((await get("/bibtex/swav.bib")).text).toMatch(/^@\w+\{/);
    const { leaderboard } = await api.read(
      '{ leaderboard(suite: "segmentation", asOf: "2126-01-01T00:00:00Z") { bibtex } }',
    );
    expect(leaderboard.bibtex).toContain("As of 2126-01-01T00:00:00.000Z");
  });
});

describe("what is dangerous in a cell is defused", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+cmd", "'+cmd"],
    ["-2", "'-2"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ['a "b", c', '"a ""b"", c"'],
    [-2, "-2"],
    [null, ""],
  ])("%j becomes %j", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it("in LaTeX", () => {
    expect(escapeLatex("50% \\input{x} a_b ~^#&$")).toBe(
      "50\\% \\textbackslash{}input\\{x\\} a\\_b \\textasciitilde{}\\textasciicircum{}\\#\\&\\$",
    );
  });
});
