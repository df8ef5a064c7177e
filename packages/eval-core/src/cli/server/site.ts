/** Addresses of the site's pages, as the command names them. The site's own address is in TRANSFERBOARD_SITE. */
import { Option } from "commander";

const DEFAULT_SITE = "http://localhost:3000";

export const siteOption = (): Option =>
  new Option("--site <url>", "the site").env("TRANSFERBOARD_SITE").default(DEFAULT_SITE);

export const pageOf = (path: string, site = process.env.TRANSFERBOARD_SITE || DEFAULT_SITE): string =>
  `${site.replace(/\/$/, "")}${path}`;

/** Relay's global id, as the API and the addresses of the site have it. */
export const globalId = (type: "Run" | "Submission", id: string): string =>
  Buffer.from(`${type}:${id}`).toString("base64");

export const runPage = (id: string): string => pageOf(`/runs/${encodeURIComponent(globalId("Run", id))}`);

/** Of an evaluation that was asked of the workers. */
export const evaluationPage = (id: string): string => pageOf(`/evaluations/${id}`);

export const boardPage = (slug: string): string => pageOf(`/suites/${slug}`);

export const methodPage = (slug: string): string => pageOf(`/methods/${slug}`);
