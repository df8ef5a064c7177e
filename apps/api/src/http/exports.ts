/** What a reader takes away: boards, the ledger, citations, badges, feeds. The filters are GraphQL's, in the address. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, type Response, Router } from "express";
import type { Context } from "../context.ts";
import { BadInput, NotFound } from "../errors.ts";
import { badge } from "../modules/export/badge.ts";
import { boardAsCsv, boardAsJson } from "../modules/export/board.ts";
import { feed } from "../modules/export/feed.ts";
import { boardAsLatex } from "../modules/export/latex.ts";
import { streamResults } from "../modules/export/results.ts";
import { answerBoard } from "../modules/leaderboard/service.ts";
import { one, readAggregate, readAsOf, readFilter } from "./board-query.ts";

const BOARDS = {
  csv: { type: "text/csv", write: boardAsCsv },
  json: {
    type: "application/json",
    write: (board: Parameters<typeof boardAsJson>[0]) => JSON.stringify(boardAsJson(board)),
  },
  tex: { type: "application/x-tex", write: boardAsLatex },
} as const;

const RESULTS = { csv: "text/csv", jsonl: "application/jsonl" } as const;

const known = <T extends object>(table: T, name: string): keyof T => {
  if (Object.hasOwn(table, name)) return name as keyof T;
  throw new NotFound(`This is exported as ${Object.keys(table).join(", ")}.`);
};

/**
 * Whether the caller has this answer already: it is named by the log's last event, so while nothing was written it is
 * the same, and it is checked anew at every request.
 */
async function isKnown(context: Context, request: Request, response: Response): Promise<boolean> {
  const { event } = await context.snapshot();
  const etag = `W/"event-${event}"`;
  response.set({ etag, "cache-control": "public, no-cache" });
  const known = (request.get("if-none-match") ?? "").split(",").map((tag) => tag.trim());
  if (!known.includes(etag)) return false;
  response.status(304).end();
  return true;
}

/** `many-shot-linear-at-123.csv`: what it is and of which moment of the ledger. */
const fileName = (what: string, position: string, format: string) =>
  `${what.replace(/[^A-Za-z0-9.]+/g, "-")}-at-${position}.${format}`;

export function exportRoutes(makeContext: (request: Request) => Context): Router {
  const router = Router();

  router.get("/export/leaderboard.:format", async (request, response) => {
    const { type, write } = BOARDS[known(BOARDS, request.params.format)];
    const suite = one(request.query, "suite");
    if (suite === undefined) throw new BadInput("Name the board: ?suite=many-shot-linear.");
    const question = {
      suite,
      filter: readFilter(request.query),
      aggregate: readAggregate(request.query),
      asOf: readAsOf(request.query),
    };
    const context = makeContext(request);
    if (await isKnown(context, request, response)) return;
    const board = await answerBoard(question, context);
    const { moment } = await context.snapshot();
    response
      .attachment(fileName(board.suite.slug, board.position, request.params.format))
      .set("x-ledger-position", board.position)
      .type(type)
      .send(write(board, question.asOf ?? moment));
  });

  router.get("/export/results.:format", async (request, response) => {
    const format = known(RESULTS, request.params.format);
    const filter = {
      ...readFilter(request.query),
      suite: one(request.query, "suite"),
      history: one(request.query, "history") === "true",
    };
    const context = makeContext(request);
    const asOf = readAsOf(request.query);
    if (await isKnown(context, request, response)) return;
    const rows = streamResults(format, filter, asOf, context);
    // The first page is read before the status is sent, so that a fault is still a fault.
    const first = await rows.next();
    const { position } = await context.snapshot();
    response
      .attachment(fileName("results", position, format))
      .set("x-ledger-position", position)
      .type(RESULTS[format]);
    const all = async function* () {
      if (!first.done) yield first.value;
      yield* rows;
    };
    await pipeline(Readable.from(all()), response);
  });

  router.get("/bibtex/:method.bib", async (request, response) => {
    const { catalogue } = await makeContext(request).snapshot();
    const { name, bibtex } = catalogue.method(request.params.method);
    if (!bibtex) throw new NotFound(`No BibTeX entry is recorded for ${name}.`);
    response.type("application/x-bibtex").send(bibtex);
  });

  router.get("/badge/:method/*suite.svg", async (request, response) => {
    const context = makeContext(request);
    if (await isKnown(context, request, response)) return;
    const { slug } = (await context.snapshot()).catalogue.method(request.params.method);
    const board = await answerBoard({ suite: [request.params.suite].flat().join("/") }, context);
    response.type("image/svg+xml").send(badge(board, slug));
  });

  router.get("/feeds/methods/:method.atom", async (request, response) => {
    const context = makeContext(request);
    if (await isKnown(context, request, response)) return;
    const method = (await context.snapshot()).catalogue.method(request.params.method);
    const title = `transferboard: ${method.name}`;
    response
      .type("application/atom+xml")
      .send(await feed({ path: request.path, title, methods: [method] }, context));
  });

  router.get("/feeds/suites/:suite.atom", async (request, response) => {
    const context = makeContext(request);
    if (await isKnown(context, request, response)) return;
    const suite = (await context.snapshot()).catalogue.suite(request.params.suite);
    const title = `transferboard: ${suite.title}`;
    const { measures } = suite;
    response.type("application/atom+xml").send(await feed({ path: request.path, title, measures }, context));
  });

  return router;
}
