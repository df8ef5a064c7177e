/**
 * Refuses what a page elsewhere could make a browser send without asking first, and says what to send instead. Apollo
 * refuses the same requests; this comes before it, for its words.
 */
import type { RequestHandler } from "express";
import { BadInput, shorten } from "../errors.ts";

/** What a browser sends of another page's asking without a preflight. */
const SIMPLE = new Set(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]);
const HEADERS = ["apollo-require-preflight", "x-apollo-operation-name"];

export const requirePreflight: RequestHandler = (request, _response, next) => {
  const type = request.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const asked = HEADERS.some((name) => Boolean(request.get(name)));
  if (asked || (type !== undefined && !SIMPLE.has(type))) return next();
  next(
    new BadInput(
      request.method === "GET" || request.method === "HEAD"
        ? "A GET of /graphql needs the header 'apollo-require-preflight: 1', which no other site can make a browser send; or send a POST with the content type application/json."
        : `A POST to /graphql needs the content type application/json; ${type === undefined ? "none came" : `'${shorten(type, 60)}' came`}.`,
    ),
  );
};
