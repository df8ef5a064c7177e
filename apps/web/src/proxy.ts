/**
 * Before every page: the names of the scripts that may run on it (a nonce of this request), and whether the API and its
 * database answer. Where they do not, no page can be made, and the reader gets one that says so, with the status that
 * tells caches and robots to come back.
 */
import { type NextRequest, NextResponse } from "next/server";
import { noteInstead } from "./lib/instead";

/**
 * Pages, and not what they are made of or what the API answers itself: a page may have dozens of pictures, and each would
 * ask whether the API answers before it asks the API.
 */
export const config = {
  matcher: [
    "/((?!_next/|export/|badge/|bibtex/|feeds/|pictures/|missed/|predictions/|favicon.ico|icon.svg).*)",
  ],
};

const patienceMs = 5_000;
/** They ask the API nothing. */
const alone: ReadonlySet<string> = new Set(["/unavailable", "/missing"]);

/** Watching the sources needs eval and a socket. */
const watching = process.env.NODE_ENV === "development";

/** Scripts by their nonce, and what those load; all else from this site alone. */
const policy = (nonce: string) =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${watching ? " 'unsafe-eval'" : ""}`,
    // Widths and colours of charts are style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${watching ? " ws:" : ""}`,
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join("; ");

async function apiAnswers(): Promise<boolean> {
  try {
    const url = process.env.API_URL ?? "http://localhost:4000";
    const answer = await fetch(`${url}/healthz`, {
      cache: "no-store",
      signal: AbortSignal.timeout(patienceMs),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const csp = policy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", csp);
  const { pathname } = request.nextUrl;
  if (alone.has(pathname) || (await apiAnswers())) {
    const response = NextResponse.next({ request: { headers } });
    response.headers.set("content-security-policy", csp);
    return response;
  }
  // The server in front (serve.ts) puts the page that says so in the place of this.
  noteInstead({ status: 503 });
  return new NextResponse("The record is not reachable at the moment: try again shortly.\n", {
    status: 503,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "retry-after": "5",
      "cache-control": "no-store",
      "content-security-policy": csp,
    },
  });
}
