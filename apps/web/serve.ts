/**
 * The site's server: Next.js behind Node's own http server, so that it can say whether it is up, stop in order, end
 * with the process that started it, and answer 503 where the API went away while a page was made.
 */
import { createServer, type IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import createNext from "next";
import { askedHeader } from "./src/lib/address.ts";
import { watchOutage } from "./src/lib/outage.ts";
import { type Answer, standIn } from "./stand-in.ts";

const dir = dirname(fileURLToPath(import.meta.url));
const port = Number(process.env.PORT ?? 3000);
const dev = process.env.NODE_ENV === "development";

const next = createNext({ dir, dev, port, hostname: "localhost", quiet: !dev });
await next.prepare();
const handle = next.getRequestHandler();

const server = createServer((request, response) => {
  if (request.url === "/healthz") {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
    return;
  }
  watchOutage((wasAway) => {
    standIn(response, wasAway, () => unavailable(request));
    void handle(request, response);
  });
});

/** The page that the proxy shows too, when it finds the API away before a page is begun. */
async function unavailable({ url = "/", headers }: IncomingMessage): Promise<Answer> {
  const common = { "retry-after": "5", "cache-control": "no-store" };
  if (!headers.accept?.includes("text/html")) {
    const body = "The record is not reachable at the moment: try again shortly.\n";
    return { status: 503, headers: { ...common, "content-type": "text/plain; charset=utf-8" }, body };
  }
  const page = await fetch(`http://localhost:${portOf()}/unavailable`, { headers: { [askedHeader]: url } });
  const kept = [
    "content-type",
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
  ];
  const own = kept.flatMap((name) => (page.headers.get(name) ? [[name, page.headers.get(name) ?? ""]] : []));
  return { status: 503, headers: { ...common, ...Object.fromEntries(own) }, body: await page.text() };
}

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
server.listen(port, () => {
  const actual = portOf();
  console.log(`The site listens on http://localhost:${actual}`);
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
