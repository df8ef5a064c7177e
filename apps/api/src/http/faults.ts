/** Answers for requests that reach no route or break on the way: JSON, in the caller's terms, without our insides. */
import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import { isTimeout, TOO_SLOW, unavailability } from "../database/unavailable.ts";
import { CallerError, type ErrorCode } from "../errors.ts";

const STATUS: Readonly<Record<ErrorCode, number>> = {
  NOT_FOUND: 404,
  UNKNOWN_SLUG: 404,
  BAD_INPUT: 400,
  NOT_AUTHORIZED: 401,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

const body = (code: string, message: string, details: object = {}) => ({
  errors: [{ message, extensions: { code, ...details } }],
});

export const notFound: RequestHandler = (_request, response) => {
  response.status(404).json(body("NOT_FOUND", "Nothing is at this address. GraphQL is at /graphql."));
};

/** What body-parser calls the ways that a body can be wrong. */
const BODY: Readonly<Record<string, string>> = {
  "entity.parse.failed": "The body is not valid JSON.",
  "entity.too.large": "The body is too large.",
  "encoding.unsupported": "The body's content encoding is not supported: use none, gzip or deflate.",
  "charset.unsupported": "The body's character set is not supported: use UTF-8.",
  "request.aborted": "The request ended before its body did.",
  "request.size.invalid": "The body has another length than its header says.",
};

/** What a route said of the answer that it then could not give: how long it holds, and which file it is. */
const OF_THE_ANSWER = ["content-disposition", "content-location", "content-type", "etag"] as const;

export function bodyFaults(log: Logger): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    for (const name of OF_THE_ANSWER) response.removeHeader(name);
    response.set("cache-control", "no-store");
    if (error instanceof CallerError) {
      const status = error.name === "InvalidSubmission" ? 422 : STATUS[error.code];
      const { retryAfter } = error.details;
      if (typeof retryAfter === "number") response.set("retry-after", String(retryAfter));
      if (status === 503) response.set("retry-after", "2");
      response.status(status).json(body(error.code, error.message, error.details));
      return;
    }
    const away = unavailability(error);
    if (away !== null) {
      response.status(503).set("retry-after", "2").json(body("UNAVAILABLE", away));
      return;
    }
    if (isTimeout(error)) {
      log.warn({ err: error }, "a statement took too long");
      response.status(422).json(body("TIMEOUT", TOO_SLOW));
      return;
    }
    const { status, type } = error as { status?: unknown; type?: unknown };
    if (typeof status === "number" && status >= 400 && status < 500) {
      const message = BODY[String(type)] ?? "The request could not be read.";
      response.status(status).json(body("BAD_REQUEST", message));
      return;
    }
    const id = randomUUID();
    log.error({ err: error, errorId: id }, "a request failed");
    const message = `Something went wrong on our side. It is logged as ${id}.`;
    response.status(500).json(body("INTERNAL_SERVER_ERROR", message, { errorId: id }));
  };
}
