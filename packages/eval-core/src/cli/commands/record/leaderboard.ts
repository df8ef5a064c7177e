/** `transferboard leaderboard SUITE`: a board in the terminal. */
import type { AddCommand } from "../../context.ts";
import { wholeNumber } from "../../options.ts";
import { addServerOptions, Server, type ServerOptions } from "../../server/server.ts";
import { table } from "../../table.ts";

const BOARD = `query ($suite: String!, $first: Int!, $aggregate: Aggregate, $among: Among!) {
  leaderboard(suite: $suite, first: $first, aggregate: $aggregate, among: $among) {
    suite { title } aggregate rankedCount totalCount reason
    columns { ranked measure { metric { digits } } }
    nodes { rank rankAmongAll aggregate comparable method { slug name } rankInterval { lower upper } missing { slug } } } }`;

interface Board {
  readonly suite: { readonly title: string };
  readonly aggregate: string;
  readonly rankedCount: number;
  readonly totalCount: number;
  readonly reason: string | null;
  readonly columns: readonly {
    readonly ranked: boolean;
    readonly measure: { readonly metric: { readonly digits: number } };
  }[];
  readonly nodes: readonly {
    readonly rank: number | null;
    readonly rankAmongAll: number | null;
    readonly aggregate: number | null;
    readonly comparable: boolean;
    readonly method: { readonly slug: string; readonly name: string };
    readonly rankInterval: { readonly lower: number; readonly upper: number } | null;
    readonly missing: readonly { readonly slug: string }[];
  }[];
}

interface BoardOptions extends ServerOptions {
  readonly aggregate?: string;
  readonly limit: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const names: Readonly<Record<string, string>> = {
  MEAN: "mean",
  MEAN_LOGIT: "mean logit",
  MEAN_RANK: "mean rank",
  BORDA: "Borda",
};

function why({ comparable, rankAmongAll, missing }: Board["nodes"][number]): string {
  if (!comparable)
    return `not comparable${rankAmongAll === null ? "" : `; ${rankAmongAll} among all values`}`;
  return missing.length === 1 ? `no value in ${missing[0]!.slug}` : `no value in ${missing.length} measures`;
}

/** The columns of rank intervals and of reasons are there where a method has one. */
function boardTable({ aggregate, nodes }: Board, digits: number): string {
  const intervals = nodes.some(({ rankInterval }) => rankInterval !== null);
  const reasons = nodes.some(({ rank }) => rank === null);
  return table(
    [
      { header: "rank", align: "right" },
      ...(intervals ? [{ header: "95%" }] : []),
      { header: "method" },
      { header: names[aggregate] ?? aggregate, align: "right" },
      ...(reasons ? [{ header: "why not ranked" }] : []),
    ],
    nodes.map((row) => [
      row.rank === null ? "-" : String(row.rank),
      ...(intervals ? [row.rankInterval ? `${row.rankInterval.lower}-${row.rankInterval.upper}` : ""] : []),
      row.method.name,
      row.aggregate === null ? "" : row.aggregate.toFixed(digits),
      ...(reasons ? [row.rank === null ? why(row) : ""] : []),
    ]),
  );
}

export const addLeaderboard: AddCommand = (program, contextOf) => {
  const command = program
    .command("leaderboard")
    .description("show the board of a suite or a measure")
    .argument("<suite>", "a suite or a measure, such as many-shot-linear")
    .option("--aggregate <name>", "rank by mean, mean_logit, mean_rank or borda")
    .option("--limit <number>", "show at most this many methods", "20")
    .option("--all", "rank all values, not only comparable ones")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample: transferboard leaderboard segmentation --limit 5");
  addServerOptions(command, false).action(async (suite: string, options: BoardOptions) => {
    const { terminal, ...context } = contextOf(options.json);
    const first = Math.min(200, wholeNumber("--limit", options.limit, 1));
    const board = await new Server(options, { terminal, ...context }).ask<Board>(BOARD, {
      suite,
      first,
      aggregate: options.aggregate?.toUpperCase().replace("-", "_") ?? null,
      among: options.all ? "ALL" : "COMPARABLE",
    });
    if (options.json) return terminal.print(JSON.stringify(board, null, 2));
    const digits =
      board.aggregate === "MEAN"
        ? Math.max(
            0,
            ...board.columns.filter(({ ranked }) => ranked).map(({ measure }) => measure.metric.digits),
          )
        : 2;
    terminal.print(`${board.suite.title}: ${board.rankedCount} of ${board.totalCount} methods ranked\n`);
    if (board.nodes.length === 0) return terminal.print(board.reason ?? "No methods.");
    terminal.print(boardTable(board, digits));
  });
};
