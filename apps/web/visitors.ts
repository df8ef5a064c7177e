/** Who asks the site, and what is believed of what a request says about itself. */
import type { IncomingMessage } from "node:http";
import type { Answer } from "./stand-in.ts";

/** What only the site itself, or a proxy that is named, may say. */
const OWN = ["x-transferboard-site", "x-transferboard-visitor"];
const FORWARDED = ["x-forwarded-host", "x-forwarded-for", "forwarded"];
const READS = new Set(["GET", "HEAD", "OPTIONS"]);

const plain = (address: string) => address.replace(/^::ffff:/i, "");

/**
 * The reader's address; null for a request that another site's page made a browser send. Headers that anybody can write
 * are taken off unless a named proxy wrote them: Next would compare an Origin with a forwarded host.
 */
export function admit(request: IncomingMessage, trusted: ReadonlySet<string>): string | null {
  const { headers, method = "GET" } = request;
  for (const name of OWN) delete headers[name];
  const address = plain(request.socket.remoteAddress ?? "unknown");
  const isProxied = trusted.has(address);
  // The last address is the one that the proxy saw; those before it anybody can write.
  const forwarded = isProxied
    ? String(headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : undefined;
  if (!isProxied) for (const name of FORWARDED) delete headers[name];
  if (!READS.has(method) && headers.origin !== undefined) {
    const host = headers["x-forwarded-host"] ?? headers.host;
    const isOurs = URL.canParse(headers.origin) && new URL(headers.origin).host === host;
    if (!isOurs) return null;
  }
  return forwarded ? plain(forwarded) : address;
}

/** A page, or a line for whoever asked for something else, that says when to go on. */
export function tooMany(retryAfter: number, asPage: boolean): Answer {
  const sentence = `Your address has asked for more than a minute's worth. Go on in ${retryAfter} seconds.`;
  const headers = {
    "retry-after": String(retryAfter),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  if (!asPage) {
    return {
      status: 429,
      headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
      body: `${sentence}\n`,
    };
  }
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Too many requests</title><main style="font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem">
<h1 style="font-size:1.5rem">Too many requests</h1><p>${sentence}</p><p>Nothing is lost.</p></main></html>\n`;
  return { status: 429, headers: { ...headers, "content-type": "text/html; charset=utf-8" }, body };
}
