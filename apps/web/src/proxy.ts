/**
 * Before every page: whether the API and its database answer. Where they do not, no page can be made, and the reader
 * gets one that says so, with the status that tells caches and robots to come back.
 */
import { type NextRequest, NextResponse } from "next/server";
import { askedHeader } from "./lib/address";

/** Pages, and not what they are made of or what the API answers itself. */
export const config = {
  matcher: ["/((?!_next/|export/|badge/|bibtex/|feeds/|unavailable$|missing$|favicon.ico).*)"],
};

const patienceMs = 5_000;

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
  if (await apiAnswers()) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const headers = new Headers(request.headers);
  headers.set(askedHeader, `${pathname}${search}`);
  return NextResponse.rewrite(new URL("/unavailable", request.url), {
    request: { headers },
    status: 503,
    headers: { "retry-after": "5", "cache-control": "no-store" },
  });
}
