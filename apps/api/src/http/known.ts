/** Answers that the caller has already are not sent twice. */
import type { Request, Response } from "express";
import type { Context } from "../context.ts";

/**
 * Whether the caller has this answer: it is named by the log's last event, so while nothing was written it is the same, and
 * it is checked anew at every request.
 */
export async function isKnown(context: Context, request: Request, response: Response): Promise<boolean> {
  const { event } = await context.snapshot();
  const etag = `W/"event-${event}"`;
  response.set({ etag, "cache-control": "public, no-cache" });
  const tags = (request.get("if-none-match") ?? "").split(",").map((tag) => tag.trim());
  if (!tags.includes(etag)) return false;
  response.status(304).end();
  return true;
}
