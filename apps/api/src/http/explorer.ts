/**
 * GraphiQL at the GraphQL address, for browsers: the page and its two files, bundled by the explorer's own build, so that no
 * other host is asked. Where that was not built, the plain page says how to ask.
 */
import { distFolder, explorerPage, isBuilt } from "@transferboard/explorer/page";
import express, { type RequestHandler, type Router } from "express";
import { landingPage } from "./landing.ts";

const files = "/explorer";

/** Its own script and style sheet; GraphiQL sets styles in its own elements, and its fonts are in its style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Only a GET without a question, from whoever wants a page. */
export const explorer =
  (siteUrl: string): RequestHandler =>
  (request, response, next) => {
    if (request.query.query !== undefined || request.accepts(["json", "html"]) !== "html") return next();
    response.type("html").set("cache-control", "no-cache");
    if (!isBuilt()) return response.send(landingPage(siteUrl));
    response.set("content-security-policy", policy).send(explorerPage(files));
  };

export function explorerFiles(): Router {
  const router = express.Router();
  router.use(files, express.static(distFolder, { index: false, maxAge: "1h", fallthrough: true }));
  return router;
}
