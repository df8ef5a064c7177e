/**
 * Whether the API was away while a page was made. A page cannot choose a status of 5xx by itself, so it leaves a mark
 * with its request, and the server in front (serve.ts) answers in its place. The two are bundled apart and share only
 * what is global.
 */
import { AsyncLocalStorage } from "node:async_hooks";

interface Request {
  away: boolean;
}

const key = Symbol.for("transferboard.outage");
const shared = globalThis as unknown as Record<symbol, AsyncLocalStorage<Request> | undefined>;
shared[key] ??= new AsyncLocalStorage<Request>();
const requests = shared[key];

/** Does `work` for one request; what it returns tells whether the API was away so far. */
export function watchOutage(work: (wasAway: () => boolean) => void): void {
  const request: Request = { away: false };
  requests.run(request, () => work(() => request.away));
}

/** Called where the API cannot be asked. */
export function noteOutage(): void {
  const request = requests.getStore();
  if (request) request.away = true;
}
