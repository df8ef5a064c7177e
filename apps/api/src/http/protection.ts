/** Who may call from a browser, and how much anyone may ask for in a minute. */
import type { Request, RequestHandler, Response } from "express";
import { CallerError } from "../errors.ts";
import { MinuteBudget } from "./minute-budget.ts";
import type { Visitors } from "./visitors.ts";

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

/** A request beyond its sender's minute; `details.retryAfter` are seconds. */
export class RateLimited extends CallerError {
  override readonly name = "RateLimited";
  readonly retryAfter: number;
  constructor(perMinute: number, retryAfter: number) {
    const message = `More than ${perMinute} points a minute from one address: a plain request is one point, a heavy one as many as it costs. Go on in ${retryAfter} s.`;
    super("RATE_LIMITED", message, { retryAfter });
    this.retryAfter = retryAfter;
  }
}

export interface RateLimits {
  /** Before anything of a request is read: one point. */
  readonly handler: RequestHandler;
  /** What a request costs beyond it. @throws RateLimited */
  readonly charge: (request: Request, points: number) => void;
}

/** By the visitor's address; the site tells whose it is. 0 switches the limit off. */
export function rateLimits(perMinute: number, visitors: Visitors): RateLimits {
  if (perMinute === 0) return { handler: (_request, _response, next) => next(), charge: () => undefined };
  const budget = new MinuteBudget(perMinute);
  const tell = (response: Response, left: number, seconds: number) => {
    response.set("ratelimit-policy", `"points";q=${perMinute};w=60`);
    response.set("ratelimit", `"points";r=${left};t=${seconds}`);
  };
  return {
    handler: (request, response, next) => {
      const { isOver, left, seconds } = budget.take(visitors.of(request), 1);
      tell(response, left, seconds);
      if (!isOver) return next();
      const { message, code, details } = new RateLimited(perMinute, seconds);
      response
        .status(429)
        .set("retry-after", String(seconds))
        .json({ errors: [{ message, extensions: { code, ...details } }] });
    },
    charge: (request, points) => {
      if (points <= 0) return;
      const { isOver, seconds } = budget.take(visitors.of(request), points);
      if (isOver) throw new RateLimited(perMinute, seconds);
    },
  };
}
