/** Files that the API makes, under the site's own address: readers then need to know only one. */

import { apiUrl } from "./api";
import { visitorHeaders } from "./instead";

/** Headers of the API's answer that are the reader's business. */
const kept = [
  ...["content-type", "content-disposition", "content-location", "cache-control", "retry-after"],
  ...["x-ledger-position", "x-ledger-as-of"],
];

export async function passThrough(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  try {
    const answer = await fetch(`${apiUrl()}${pathname}${search}`, {
      cache: "no-store",
      headers: visitorHeaders(),
      signal: request.signal,
    });
    const headers = new Headers();
    for (const name of kept) {
      const value = answer.headers.get(name);
      if (value) headers.set(name, value);
    }
    return new Response(answer.body, { status: answer.status, headers });
  } catch {
    return Response.json(
      { errors: [{ message: "The record’s API is not reachable at the moment: try again shortly." }] },
      { status: 503 },
    );
  }
}
