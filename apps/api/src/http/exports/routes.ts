/**
 * What readers take away: boards, the ledger, citations, badges, feeds. The questions are GraphQL's, in the address; an
 * answer is of one moment, which its headers name, so that it can be cited and had again.
 */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, type Response, Router } from "express";
import { pinnedAddress } from "../../citation.ts";
import type { Context } from "../../context.ts";
import { NotFound, shorten } from "../../errors.ts";
import type { Method } from "../../modules/catalogue/entities.ts";
import { claimsFeed } from "../../modules/claim/feed.ts";
import { boardAsCsv, boardAsJson } from "../../modules/export/board.ts";
import { chosenOf } from "../../modules/export/chosen.ts";
import { citeBoard, citeResults } from "../../modules/export/cite.ts";
import { feed } from "../../modules/export/feed.ts";
import { boardAsLatex } from "../../modules/export/latex.ts";
import { streamResults } from "../../modules/export/results.ts";
import { type BoardAnswer, rankBoard } from "../../modules/leaderboard/service.ts";
import { Address } from "../address.ts";
import { badgeRoute } from "../badges.ts";
import { isKnown } from "../known.ts";
import { readBoardQuestion, readResultsQuestion } from "../questions.ts";
import { addLedgerRoutes } from "./ledger.ts";

const BIBTEX = "application/x-bibtex";

interface Moment {
  readonly asOf: Date;
  readonly position: string;
  /** Where the same answer is had again. */
  readonly url: string;
}

const BOARDS = {
  csv: { type: "text/csv", write: boardAsCsv },
  json: { type: "application/json", write: boardAsJson },
  tex: { type: "application/x-tex", write: boardAsLatex },
  bib: {
    type: BIBTEX,
    write: function* (board: BoardAnswer, moment: Moment) {
      yield citeBoard(board, moment);
    },
  },
} as const;

const RESULTS = { csv: "text/csv", jsonl: "application/jsonl", bib: BIBTEX } as const;

const known = <T extends object>(table: T, name: string): keyof T & string => {
  if (Object.hasOwn(table, name)) return name as keyof T & string;
  throw new NotFound(
    `There is no format '${shorten(name, 20)}': this is exported as ${Object.keys(table).join(", ")}.`,
  );
};

/** `many-shot-linear-at-123.csv`: what it is and of which moment of the ledger. */
const fileName = (what: string, position: string, format: string) =>
  `${what.replace(/[^A-Za-z0-9.]+/g, "-")}-at-${position}.${format}`;

/** The headers that name the moment, and the address under which the same answer is had later. */
function sayMoment(
  request: Request,
  response: Response,
  asOf: Date,
  context: Context,
  position: string,
): Moment {
  const path = pinnedAddress(request.path, request.query, asOf);
  response.set({
    "x-ledger-position": position,
    "x-ledger-as-of": asOf.toISOString(),
    "content-location": path,
  });
  return { asOf, position, url: `${context.siteUrl}${path.replace(/^([^?]+)\.bib\?/, "$1.csv?")}` };
}

/** A head and the first rows are made before the status is sent, so that a fault is still a fault. */
async function sendParts(
  response: Response,
  parts: Generator<string> | AsyncGenerator<string>,
): Promise<void> {
  const begun = [await parts.next(), await parts.next()];
  const all = async function* () {
    for (const { value, done } of begun) if (!done) yield value;
    yield* parts;
  };
  await pipeline(Readable.from(all()), response);
}

export function exportRoutes(makeContext: (request: Request) => Context): Router {
  const router = Router();

  router.get("/export/leaderboard.:format", async (request, response) => {
    const format = known(BOARDS, request.params.format);
    const context = makeContext(request);
    const snapshot = await context.snapshot();
    const { chosen, ...question } = readBoardQuestion(new Address(request.query), snapshot);
    if (await isKnown(context, request, response)) return;
    const board = chosenOf(await rankBoard(question, context), chosen);
    const moment = sayMoment(request, response, question.asOf, context, board.position);
    const { type, write } = BOARDS[format];
    response.attachment(fileName(board.suite.slug, board.position, format)).type(type);
    await sendParts(response, write(board, moment));
  });

  router.get("/export/results.:format", async (request, response) => {
    const format = known(RESULTS, request.params.format);
    const context = makeContext(request);
    const snapshot = await context.snapshot();
    const question = readResultsQuestion(new Address(request.query), snapshot);
    if (await isKnown(context, request, response)) return;
    const moment = sayMoment(request, response, question.asOf, context, snapshot.position);
    response.attachment(fileName("results", snapshot.position, format)).type(RESULTS[format]);
    if (format === "bib") {
      response.send(citeResults(moment));
      return;
    }
    await sendParts(response, streamResults(format, question, context));
  });

  addLedgerRoutes(router, makeContext);

  router.get("/bibtex/:method.bib", async (request, response) => {
    new Address(request.query).done();
    const { catalogue } = await makeContext(request).snapshot();
    const { name, bibtex } = catalogue.method(request.params.method);
    if (!bibtex) throw new NotFound(`No BibTeX entry is recorded for ${name}.`);
    response.type(BIBTEX).send(bibtex);
  });

  router.get("/badge/:method/*suite.svg", badgeRoute(makeContext));

  const sendFeed = async (
    request: Request,
    response: Response,
    of: (
      context: Context,
    ) => Promise<{ title: string; methods?: readonly Method[]; measures?: BoardAnswer["suite"]["measures"] }>,
  ) => {
    new Address(request.query).done();
    const context = makeContext(request);
    const { title, ...question } = await of(context);
    if (await isKnown(context, request, response)) return;
    response
      .type("application/atom+xml")
      .send(await feed({ path: request.path, title: `transferboard: ${title}`, ...question }, context));
  };

  router.get("/feeds/methods/:method.atom", (request, response) =>
    sendFeed(request, response, async (context) => {
      const method = (await context.snapshot()).catalogue.method(request.params.method);
      return { title: method.name, methods: [method] };
    }),
  );

  router.get("/feeds/claims.atom", async (request, response) => {
    new Address(request.query).done();
    response.type("application/atom+xml").send(await claimsFeed(request.path, makeContext(request)));
  });

  router.get("/feeds/suites/*suite.atom", (request, response) =>
    sendFeed(request, response, async (context) => {
      const slug = [request.params.suite].flat().join("/");
      const { title, measures } = (await context.snapshot()).catalogue.board(slug);
      return { title, measures };
    }),
  );

  return router;
}
