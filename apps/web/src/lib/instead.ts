/**
 * What is to be answered in a page's place. A page cannot choose a status of its own, and what Next makes of one that
 * fails or finds nothing is empty without script: so the reason is noted with the request, and the server in front
 * (serve.ts) answers. The two are bundled apart and share only what is global.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export type Instead =
  /** The API or its database is away. */
  | { readonly status: 503 }
  /** The reader, or whoever shares their address, asked for more than a minute's worth. */
  | { readonly status: 429; readonly retryAfter: number }
  /** Nothing has the name that the address asks for, or the API refuses a value of it. */
  | { readonly status: 400 | 404; readonly message: string; readonly nearest: readonly string[] };

/** Carries the last kind to the page that says it, as JSON, percent-encoded. */
export const insteadHeader = "x-instead";

interface Request {
  instead: Instead | null;
  /** The reader's address. */
  readonly visitor: string;
}

const key = Symbol.for("transferboard.instead");
const shared = globalThis as unknown as Record<symbol, AsyncLocalStorage<Request> | undefined>;
shared[key] ??= new AsyncLocalStorage<Request>();
const requests = shared[key];

/** Does `work` for one request; what it is given tells what was noted so far. */
export function watchRequest(visitor: string, work: (noted: () => Instead | null) => void): void {
  const request: Request = { instead: null, visitor };
  requests.run(request, () => work(() => request.instead));
}

/** Of several the first stays, but that nothing answers explains all the rest. */
export function noteInstead(instead: Instead): void {
  const request = requests.getStore();
  if (request && (instead.status === 503 || request.instead === null)) request.instead = instead;
}

/** What the API knows the site by, and for whom the site asks: each reader has a minute of their own there. */
export function visitorHeaders(): Record<string, string> {
  const visitor = requests.getStore()?.visitor;
  const secret = process.env.SITE_SECRET;
  return secret && visitor ? { "x-transferboard-site": secret, "x-transferboard-visitor": visitor } : {};
}
