/** Who may call from a browser, and how often anyone may. */
import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";

const METHODS = "GET, POST, OPTIONS";
const HEADERS = "content-type, authorization, apollo-require-preflight";
const EXPOSED =
  "retry-after, ratelimit, ratelimit-policy, content-disposition, content-location, x-ledger-position, x-ledger-as-of";

/** Named origins only, and never with credentials: tokens travel in a header that a page has to set itself. */
export function cors(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary("origin");
    if (origin && origins.includes(origin)) {
      response.set("access-control-allow-origin", origin);
      response.set("access-control-expose-headers", EXPOSED);
      if (request.method === "OPTIONS") {
        response.set("access-control-allow-methods", METHODS);
        response.set("access-control-allow-headers", HEADERS);
        response.set("access-control-max-age", "600");
      }
    }
    if (request.method === "OPTIONS") response.status(204).end();
    else next();
  };
}

export function rateLimits(perMinute: number): RequestHandler {
  if (perMinute === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: (_request, response, _next, options) => {
      const message = `More than ${perMinute} requests a minute from one address. Retry-After says when to go on.`;
      response
        .status(options.statusCode)
        .json({ errors: [{ message, extensions: { code: "RATE_LIMITED" } }] });
    },
  });
}
