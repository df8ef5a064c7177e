/**
 * The site's server: Next.js behind Node's own http server, so that it can say whether it is up, stop in order, and
 * end with the process that started it.
 */
import { createServer } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import createNext from "next";

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
  void handle(request, response);
});
server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === "EADDRINUSE"
      ? `port ${port} is taken: set PORT to a free one.`
      : `cannot listen: ${error.message}`,
  );
  process.exit(1);
});
server.listen(port, () => {
  const address = server.address();
  const actual = typeof address === "object" ? address?.port : port;
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
