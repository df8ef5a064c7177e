/** /badge/METHOD/SUITE.svg: for READMEs, which show a picture or nothing, so that what is wrong is a picture too. */
import type { Request, RequestHandler } from "express";
import type { Context } from "../context.ts";
import { CallerError } from "../errors.ts";
import { AGGREGATES } from "../modules/catalogue/entities.ts";
import { badge, wordBadge } from "../modules/export/badge.ts";
import { rankBoard } from "../modules/leaderboard/service.ts";
import { Address } from "./address.ts";
import { isKnown } from "./known.ts";

type Parameters = { method: string; suite: string | string[] };

export function badgeRoute(makeContext: (request: Request) => Context): RequestHandler<Parameters> {
  return async (request, response) => {
    const context = makeContext(request as unknown as Request);
    const { catalogue } = await context.snapshot();
    const address = new Address(request.query);
    const suite = [request.params.suite].flat().join("/");
    response.type("image/svg+xml");
    try {
      const aggregate = address.oneOf("aggregate", AGGREGATES);
      const asOf = address.moment("asOf");
      const method = address.found("method", () => catalogue.method(request.params.method));
      const board = address.found("suite", () => catalogue.board(suite));
      address.done();
      if (await isKnown(context, request as unknown as Request, response)) return;
      if (method && board) response.send(badge(await rankBoard({ suite, aggregate, asOf }, context), method));
    } catch (error) {
      if (!(error instanceof CallerError)) throw error;
      const missing = error.code === "UNKNOWN_SLUG";
      // A method or suite that comes tomorrow must show tomorrow.
      response.set("cache-control", "no-cache");
      response
        .status(missing ? 404 : 400)
        .send(wordBadge(missing ? "unknown" : "wrong address", error.message));
    }
  };
}
