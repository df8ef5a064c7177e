/** Requests that nobody means well: documents, bodies, headers and addresses made to break something. */
import fc from "fast-check";
import { graphqlBody, mutated, nonsense } from "./hostile-graphql.ts";
import { text } from "./hostile-values.ts";

export interface HostileRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS";
  /** Path and query, as they go over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const contentType = fc.oneof(
  { weight: 12, arbitrary: fc.constant("application/json") },
  fc.constantFrom(
    "text/plain",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "application/graphql",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
    "*/*",
    "application/json;;;;",
    "text/csv",
    "application/yaml",
  ),
);

/** A header's value may hold what Latin-1 shows; anything else no client can send. */
const headerText = text.map((value) =>
  value
    .replace(/[^\t\x20-\x7e\xa0-\xff]/g, "")
    .slice(0, 300)
    .trim(),
);
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    "accept",
    "origin",
    "authorization",
    "if-none-match",
    "if-modified-since",
    "range",
    "x-forwarded-for",
    "x-http-method-override",
    "content-encoding",
    "accept-encoding",
    "cookie",
    "referer",
    "idempotency-key",
    "apollo-require-preflight",
    "x-apollo-operation-name",
    "accept-language",
  ),
  headerText,
  { maxKeys: 3 },
);

const ROUTES = [
  "/export/leaderboard.csv",
  "/export/leaderboard.json",
  "/export/leaderboard.tex",
  "/export/results.csv",
  "/export/results.jsonl",
  "/badge/",

  "/bibtex/",
  "/feeds/methods/",
  "/feeds/suites/",

  "/submissions/schema.json",
  "/healthz",
  "/graphql",
  "/",
];
const ENDINGS = [
  "",
  ".csv",
  ".svg",
  ".bib",
  ".atom",
  ".tex",
  "/many-shot-linear.svg",
  "/imagenet/imagenet/top1.svg",
  "/",
];
const PARAMETERS = [
  "suite",
  "methods",
  "family",
  "yearMin",
  "yearMax",
  "epochsMin",
  "epochsMax",
  "batchSizeMin",
  "augmentation",
  "withoutAugmentation",
  "domain",
  "provenance",
  "protocol",
  "aggregate",
  "asOf",
  "orderBy",
  "history",
  "query",
  "variables",
  "first",
  "after",
  "measures",
  "__proto__",
  "format",
  "dryRun",
];

const encoded = (value: string) => {
  // A lone surrogate has no bytes in UTF-8.
  const wellFormed = value.toWellFormed();
  return encodeURIComponent(wellFormed);
};

/** Mostly encoded as a client does it; now and then as it is, as far as an address line can hold it. */
const inAddress = fc
  .tuple(text, fc.boolean())
  .map(([value, raw]) =>
    raw ? value.replace(/[^\x21-\x7e]|[#?]/g, "").slice(0, 2_000) : encoded(value.slice(0, 1_000)),
  );

/** What every export reads, so that what is behind the reading of addresses is reached too. */
const READABLE = [
  "family=CLUSTERING",
  "yearMin=-1e308",
  "epochsMax=1e308",
  "asOf=0000-01-01T00:00Z",
  "asOf=9999-12-31T23:59:59.999999999-23:59",
  "asOf=2126-01-01T00:00:00Z",
  `protocol=${"0".repeat(64)}`,
  "provenance=PUBLISHED,REPRODUCED",
  "orderByDirection=DESC&orderBy=VALUE",
  "orderBy=METHOD",
  "domain=scenes",
  "methods=swav,byol",
  "augmentation=BLUR",
  "aggregate=BORDA",
  "history=true",
];

const readable = fc
  .uniqueArray(fc.constantFrom(...READABLE), {
    maxLength: 4,
    selector: (one) => one.slice(0, one.indexOf("=")),
  })
  .map((pairs) => pairs.join("&"));

const wild = fc
  .array(fc.tuple(fc.constantFrom(...PARAMETERS), inAddress), { maxLength: 5 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("&"));

const parameters = fc.oneof(readable, wild);

const address = fc
  .tuple(
    fc.constantFrom(...ROUTES),
    fc.oneof(fc.constant(""), inAddress),
    fc.constantFrom(...ENDINGS),
    parameters,
    fc.boolean(),
  )
  .map(
    ([route, middle, ending, query, board]) =>
      `${route}${middle}${route.endsWith("/") ? ending : ""}?${board ? "suite=segmentation&" : ""}${query}`,
  );

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      method: fc.constant("POST" as const),
      path: fc.constant("/graphql"),
      headers: fc
        .tuple(contentType, oddHeaders)
        .map(([type, more]) => ({ ...more, ...(type && { "content-type": type }) })),
      body: graphqlBody,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      method: fc.oneof(
        { weight: 8, arbitrary: fc.constant("GET" as const) },
        fc.constantFrom(
          "HEAD" as const,
          "PUT" as const,
          "DELETE" as const,
          "PATCH" as const,
          "OPTIONS" as const,
        ),
      ),
      path: address,
      headers: oddHeaders,
      body: fc.constant(null),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant("GET" as const),
      path: fc
        .oneof(mutated, nonsense, text)
        .map((query) => `/graphql?query=${encoded(query.slice(0, 3_000))}`),
      headers: oddHeaders,
      body: fc.constant(null),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constantFrom("POST" as const, "PUT" as const),
      path: fc.oneof(fc.constant("/submissions"), address),
      headers: fc
        .tuple(contentType, oddHeaders)
        .map(([type, more]) => ({ ...more, ...(type && { "content-type": type }) })),
      body: fc.oneof(text, graphqlBody),
    }),
  },
);
