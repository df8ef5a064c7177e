/**
 * The site's server: Next.js behind Node's own http server, so that it can say whether it is up, stop in order, end
 * with the process that started it, and answer in the place of pages that could not be made.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import createNext from "next";
import { askedHeader } from "./src/lib/address.ts";
import { type Instead, insteadHeader, watchRequest } from "./src/lib/instead.ts";
import { type Answer, standIn } from "./stand-in.ts";
import { admit, tooMany } from "./visitors.ts";

const dir = dirname(fileURLToPath(import.meta.url));
const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST || "127.0.0.1";
const dev = process.env.NODE_ENV === "development";

/** Addresses of proxies that are believed about who asks and by which name, parted by commas. */
const trusted = new Set(
  (process.env.TRUSTED_PROXIES ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean),
);

/** Undefined until Next is ready. */
let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;

/** Slow clients are looked for every second: Node looks every 30 s, so that 15 could be 45. */
const CLIENTS = { headersTimeout: 15_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };

const server = createServer(CLIENTS, (request, response) => {
  if (!handle) {
    const headers = { "content-type": "text/plain", "retry-after": "1", "cache-control": "no-store" };
    response.writeHead(503, headers).end("The site is starting: try again in a moment.\n");
    return;
  }
  const answer = handle;
  if (request.url === "/healthz") {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
    return;
  }
  const visitor = admit(request, trusted);
  if (visitor === null) {
    const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
    response.writeHead(403, headers).end("This must be sent from a page of this site.\n");
    return;
  }
  watchRequest(visitor, (noted) => {
    standIn(response, (status) => {
      const instead = noted();
      // A reader who comes from another page by script gets data, not pages: the browser's side knows what to show.
      if (!instead || request.headers.rsc) return null;
      const fits = instead.status === 503 || instead.status === 429 ? status >= 500 : status === 404;
      return fits ? () => answerInstead(instead, request) : null;
    });
    letBack(request, response);
    void answer(request, response);
  });
});

/**
 * A page that is the same for everybody may be kept by the browser for the way back: Next marks every page no-store, which
 * forbids that. It is asked for anew all the same wherever one comes by a link.
 */
function letBack({ headers, url = "" }: IncomingMessage, response: ServerResponse): void {
  if (headers.cookie?.includes("transferboard_session") || /^\/(submissions|account|session)/.test(url))
    return;
  const { writeHead } = response;
  response.writeHead = ((...given: Parameters<typeof writeHead>) => {
    const kind = String(response.getHeader("content-type") ?? "");
    if (given[0] === 200 && kind.startsWith("text/html"))
      response.setHeader("cache-control", "private, no-cache");
    return writeHead.apply(response, given);
  }) as typeof writeHead;
}

/** Of a page's headers, those that config sets and its type. */
const kept = [
  "content-type",
  "content-security-policy",
  "x-frame-options",
  "x-content-type-options",
  "referrer-policy",
  "cross-origin-opener-policy",
  "permissions-policy",
];

/** A page that says it, or its sentence alone to whoever asked for something else. */
async function answerInstead(instead: Instead, { url = "/", headers }: IncomingMessage): Promise<Answer> {
  if (instead.status === 429)
    return tooMany(instead.retryAfter, headers.accept?.includes("text/html") ?? false);
  const { status } = instead;
  const away = status === 503;
  const common = { "cache-control": "no-store", ...(away && { "retry-after": "5" }) };
  if (!headers.accept?.includes("text/html")) {
    const body = away ? "The record is not reachable at the moment: try again shortly." : instead.message;
    return { status, headers: { ...common, "content-type": "text/plain; charset=utf-8" }, body: `${body}\n` };
  }
  const page = await fetch(`http://${hostInAddress}:${portOf()}${away ? "/unavailable" : "/missing"}`, {
    headers: {
      [askedHeader]: url,
      ...(!away && { [insteadHeader]: encodeURIComponent(JSON.stringify(instead)) }),
    },
  });
  const own = kept.flatMap((name) => {
    const value = page.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status, headers: { ...common, ...Object.fromEntries(own) }, body: await page.text() };
}

/** As it stands in an address: an IPv6 address in brackets, and every interface by one of them. */
const hostInAddress =
  host === "0.0.0.0" ? "127.0.0.1" : host.includes(":") ? `[${host === "::" ? "::1" : host}]` : host;

function portOf(): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : port;
}

server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === "EADDRINUSE"
      ? `port ${port} is taken: set PORT to a free one.`
      : `cannot listen: ${error.message}`,
  );
  process.exit(1);
});

/**
 * Listens first: Next fetches some pages from itself (what a server action redirects to), at the port that it was told.
 * Told 0, it would fetch them from port 3000, cookies included, whoever listens there.
 */
server.listen(port, host, async () => {
  const actual = portOf();
  try {
    const next = createNext({ dir, dev, port: actual, hostname: hostInAddress, quiet: !dev });
    await next.prepare();
    handle = next.getRequestHandler();
  } catch (error) {
    console.error("the site cannot start:", error);
    process.exit(1);
  }
  console.log(`The site listens on http://${hostInAddress}:${actual}`);
  process.send?.({ port: actual });
});

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  server.close(() => process.exit(0));
  server.closeAllConnections();
  setTimeout(() => process.exit(0), 3_000).unref();
}
for (const signal of ["SIGTERM", "SIGINT", "disconnect"] as const) process.on(signal, stop);
