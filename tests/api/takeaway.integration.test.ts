/** What readers take away: the same board and ledger in other forms, safe to open. */
import { csvCell } from "@transferboard/api/modules/export/csv";
import { escapeLatex } from "@transferboard/api/modules/export/latex-text";
import { correctResult } from "@transferboard/prisma";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Api, startApi } from "./harness.ts";

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
    ["/export/results.csv?histroy=true", 400],
    ["/bibtex/nobody.bib", 404],
    ["/feeds/methods/nobody.atom", 404],
    ["/nowhere", 404],
  ])("%s is answered %i in JSON", async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).errors[0].message).toMatch(/\w/);
  });
});

describe("an address with several faults", () => {
  const faultsOf = async (path: string) => {
    const { status, text } = await get(path);
    const [{ message, extensions }] = JSON.parse(text).errors;
    return { status, message, code: extensions.code, faults: extensions.faults };
  };

  it("names every one, with near matches", async () => {
    const { status, message, faults } = await faultsOf(
      "/export/leaderboard.csv?suite=segmentatio&family=OWL&methods=swaw,byol,nobody-at-all&yearMin=x&epochsMin=9&epochsMax=1" +
        "&asOf=yesterday&agregate=MEAN&orderBy=MEASURE&domain=scence&domain=scenes&protocol=abc&yearMin=3",
    );
    expect(status).toBe(400);
    expect(message).toMatch(/^The address has \d+ faults\. /);
    expect(faults.map(({ parameter }: { parameter: string }) => parameter)).toEqual(
      expect.arrayContaining(
        "suite family methods yearMin epochsMin asOf agregate orderByMeasure domain protocol".split(" "),
      ),
    );
    const near = Object.fromEntries(
      faults.map(({ parameter, nearest }: { parameter: string; nearest: string[] }) => [parameter, nearest]),
    );
    expect(near.suite).toContain("segmentation");
    expect(near.agregate).toContain("aggregate");
    for (const { parameter, message: told } of faults)
      expect([parameter, told]).toEqual([parameter, expect.stringContaining(parameter)]);
  });

  it("is a 404 where all of them are names that nothing has", async () => {
    const { status, code, faults } = await faultsOf("/export/results.csv?methods=swaw,byl&suite=segmentatio");
    expect([status, code, faults.length]).toEqual([404, "UNKNOWN_SLUG", 3]);
    expect(faults.map(({ nearest }: { nearest: string[] }) => nearest[0])).toEqual([
      "swav",
      "byol",
      "segmentation",
    ]);
  });

  it.each([
    ["orderBy=MEASURE", /needs 'orderByMeasure'/],
    [
      "orderBy=MEASURE&orderByMeasure=segmentation/ade20k/mean-iuo",
      /no column of this board\. Did you mean segmentation\/ade20k\/mean-iou/,
    ],
    ["orderBy=YEAR&orderByMeasure=segmentation/ade20k/mean-iou", /goes with 'orderBy=MEASURE' only/],
    ["orderByDirection=DESC", /goes with 'orderBy'/],
    ["orderBy=NAME", /must be of RANK, METHOD, YEAR, MEASURE/],
    ["methods=", /'methods' is empty/],
    ["aggregate=MEEN", /Did you mean MEAN\?/],
    ["asOf=0000-01-01T00:00Z", /in the years 1 to 9999/],
    ["asOf=9999-12-31T23:59-23:59", /in the years 1 to 9999/],
  ])("%s", async (query, sentence) => {
    const { status, message } = await faultsOf(`/export/leaderboard.json?suite=segmentation&${query}`);
    expect([status, message]).toEqual([400, expect.stringMatching(sentence)]);
  });
});

describe("an order", () => {
  it("of a board is the API's", async () => {
    const order = { field: "MEASURE", measure: "segmentation/ade20k/pixel-accuracy", direction: "DESC" };
    const { leaderboard } = await api.read(
      'query ($order: LeaderboardOrder) { leaderboard(suite: "segmentation", orderBy: $order, first: 50) { nodes { method { slug } } } }',
      { variables: { order } },
    );
    const { text } = await get(
      `/export/leaderboard.json?suite=segmentation&orderBy=measure&orderByMeasure=${order.measure}&orderByDirection=desc`,
    );
    const slugs = JSON.parse(text).rows.map(({ method }: { method: string }) => method);
    expect(slugs).toEqual(leaderboard.nodes.map((row: { method: { slug: string } }) => row.method.slug));
    expect(slugs[0]).toBe("pcl-v1");
  });

  it.each(["POSITION", "VALUE", "RECORDED_AT"])(
    "of the API's pages by %s holds every entry once",
    async (field) => {
      const PAGE = `query ($after: String, $field: ResultOrderField!) { results(first: 200, after: $after, orderBy: { field: $field })
      { nodes { position } pageInfo { hasNextPage endCursor } totalCount } }`;
      const positions: string[] = [];
      let after: string | null = null;
      do {
        const { results }: Answer["data"] = await api.read(PAGE, { variables: { after, field } });
        positions.push(...results.nodes.map(({ position }: { position: string }) => position));
        after = results.pageInfo.hasNextPage ? results.pageInfo.endCursor : null;
        expect(positions.length).toBeLessThanOrEqual(results.totalCount);
      } while (after !== null);
      expect(new Set(positions).size).toBe(positions.length);
      expect(positions.length).toBeGreaterThanOrEqual(1204);
    },
  );

  it("of the ledger's entries, equal ones by position", async () => {
    const { text } = await get("/export/results.jsonl?suite=overview&orderBy=VALUE&orderByDirection=DESC");
    const rows: { value: number; position: string }[] = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows).toEqual(
      rows.toSorted((a, b) => b.value - a.value || Number(b.position) - Number(a.position)),
    );
  });
});

describe("the moment of an answer", () => {
  /** Adds one value to the ledger, as a correction of it by itself. */
  async function write(): Promise<void> {
    const { client } = api.database;
    const { id } = await client.account.upsert({
      where: { name: "writer" },
      create: { name: "writer" },
      update: {},
    });
    const row = await client.result.findFirstOrThrow({
      where: { measure: { slug: "segmentation/ade20k/mean-iou" }, supersededBy: null },
      orderBy: { id: "asc" },
    });
    await correctResult(client, {
      resultId: row.id,
      accountId: id,
      value: row.value,
      source: `written ${row.id}`,
    });
  }

  it.each([
    "leaderboard.csv?suite=segmentation",
    "leaderboard.tex?suite=segmentation",
    "results.jsonl?suite=segmentation",
    "results.csv?orderBy=VALUE",
  ])("is in its headers, and with it the same answer comes again: %s", async (path) => {
    const first = await fetch(`${api.url}/export/${path}`);
    const text = await first.text();
    const asOf = first.headers.get("x-ledger-as-of")!;
    expect(new Date(asOf).toISOString()).toBe(asOf);
    await write();
    const again = await fetch(`${api.url}${first.headers.get("content-location")}`);
    const unnumbered = (board: string) => board.replaceAll(/ledger position \d+/g, "ledger position N");
    expect(unnumbered(await again.text())).toBe(unnumbered(text));
    expect(again.headers.get("x-ledger-as-of")).toBe(asOf);
    const now = await fetch(`${api.url}/export/${path}`);
    await now.text();
    expect(Date.parse(now.headers.get("x-ledger-as-of")!)).toBeGreaterThan(Date.parse(asOf));
  });

  it("is a field of JSON", async () => {
    const [line] = (await get("/export/results.jsonl?methods=swav")).text.split("\n");
    const board = JSON.parse((await get("/export/leaderboard.json?suite=segmentation&methods=swav")).text);
    expect(JSON.parse(line!).asOf).toBe(board.asOf);
    expect(board.url).toBe(
      `http://site.test/export/leaderboard.json?suite=segmentation&methods=swav&asOf=${board.asOf}`,
    );
  });

  it("is one for the whole stream, whatever is written meanwhile", async () => {
    let writing = true;
    const writer = (async () => {
      while (writing) await write();
    })();
    try {
      for (let i = 0; i < 5; i++) {
        const response = await fetch(`${api.url}/export/results.jsonl`);
        const text = await response.text();
        const again = await get(response.headers.get("content-location")!);
        expect(again.text === text).toBe(true);
      }
    } finally {
      writing = false;
      await writer;
    }
  });

  it("is what its BibTeX entry names, with the whole question", async () => {
    const { text, type } = await get(
      "/export/leaderboard.bib?suite=segmentation&family=clustering&aggregate=BORDA&methods=swav,pcl-v1",
    );
    expect(type).toMatch(/^application\/x-bibtex/);
    const url = /howpublished = \{\\url\{(\S+)\}\}/.exec(text)![1]!;
    expect(url).toMatch(
      /^http:\/\/site\.test\/export\/leaderboard\.csv\?suite=segmentation&family=clustering&aggregate=BORDA&methods=swav,pcl-v1&asOf=/,
    );
    const moment = /As of (\S+);/.exec(text)![1]!;
    expect(url.endsWith(`&asOf=${moment}`)).toBe(true);
    expect((await get(url.replace("http://site.test", ""))).text).toContain("1,pcl-v1,");
    expect(text).toMatch(/^@misc\{transferboard-segmentation-[\w-]+,\n/);
    expect((await get("/export/results.bib?suite=segmentation")).text).toContain(
      "/export/results.csv?suite=segmentation&asOf=",
    );
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
    const live = await api.database.client.result.count({ where: { supersededBy: null } });
    expect(live).toBeGreaterThanOrEqual(1204);
    expect(jsonl).toHaveLength(live);
    expect(new Set(jsonl.map(({ position }) => position)).size).toBe(live);
    const csv = (await get("/export/results.csv?suite=few-shot-cdfsl&methods=swav")).text;
    expect(csv.trimEnd().split("\r\n")).toHaveLength(5);
  });
});

describe("a badge", () => {
  it("under another aggregate names it", async () => {
    const { text } = await get("/badge/deepcluster-v2/many-shot-linear.svg?aggregate=mean_rank");
    expect(text).toMatch(/>Many-shot, linear by mean rank<\/text>/);
    expect(text).toMatch(/#\d+ of 14/);
  });

  it.each([
    ["/badge/nobody/segmentation.svg", 404, "unknown", "There is no method"],
    ["/badge/swav/segmentatio.svg", 404, "unknown", "segmentation"],
    ["/badge/nobody/nothing.svg", 404, "unknown", "There is no suite"],
    ["/badge/swav/segmentation.svg?aggregate=MEEN", 400, "wrong address", "must be of MEAN"],
    ["/badge/swav/segmentation.svg?color=red", 400, "wrong address", "no parameter"],
  ])("%s is a picture that says what is wrong", async (path, status, words, why) => {
    const answer = await get(path);
    expect([answer.status, answer.type]).toEqual([status, expect.stringMatching(/^image\/svg\+xml/)]);
    expect(answer.text).toContain(`>${words}</text>`);
    expect(answer.text).toContain(why);
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
