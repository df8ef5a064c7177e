/** The API's configuration: the only reader of process.env. Every fault is listed at once. */
import { type Place, placeFault, placeIn } from "@transferboard/eval-core/artefacts";
import { z } from "zod";

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  );

const wholeNumber = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "a postgres:// or postgresql:// address" }),
  PORT: wholeNumber(4000, 0, 65_535),
  HOST: z.string().default("127.0.0.1"),
  /** Where the site is: named in feeds, badges and citations. */
  SITE_URL: z.url().default("http://localhost:3000"),
  /** Origins that browsers may call from, comma-separated. */
  CORS_ORIGINS: list,
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  STATEMENT_TIMEOUT_MS: wholeNumber(5_000, 100, 600_000),
  DATABASE_POOL: wholeNumber(16, 1, 200),
  /** What the site proves itself by, so that its readers are counted one by one; made at start by `npm start`. */
  SITE_SECRET: z.string().min(16, "16 letters or more").optional(),
  /** Points a minute from one address, a plain request being one; 0 switches the limit off. */
  RATE_LIMIT: wholeNumber(1_200, 0, 1_000_000),
  /** Where evaluations keep their pictures: the folder `artefacts` of their cache. */
  ARTEFACTS_DIR: z.string().optional(),
  /** Instead of the folder, the bucket of an S3-compatible store: https://HOST/BUCKET. */
  ARTEFACTS_BUCKET: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_REGION: z.string().optional(),
  /** "on": GET /metrics answers what Prometheus reads. */
  METRICS: z.enum(["on", "off"]).default("off"),
  /** How many proxies in front are to be believed about the caller's address. */
  TRUST_PROXY: wholeNumber(0, 0, 10),
});

export interface Env {
  readonly databaseUrl: string;
  readonly port: number;
  readonly host: string;
  readonly siteUrl: string;
  readonly corsOrigins: readonly string[];
  readonly logLevel: z.infer<typeof environment>["LOG_LEVEL"];
  readonly statementTimeoutMs: number;
  readonly databasePool: number;
  readonly rateLimit: number;
  readonly trustProxy: number;
  readonly siteSecret: string | undefined;
  /** Where artefacts are kept; nowhere where it names neither a folder nor a bucket. */
  readonly artefacts: Place;
  readonly metrics: boolean;
}

export class EnvError extends Error {
  override readonly name = "EnvError";
}

/** @throws EnvError naming every variable that is wrong, what was expected, and what was found. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      // An address holds a password, and a secret is one: their values are never repeated.
      const found =
        given[name] === undefined
          ? "it is not set"
          : /_(URL|SECRET|KEY)$/.test(name)
            ? "another form"
            : `'${given[name]}'`;
      return `${name}: ${message}; found ${found}`;
    });
    throw new EnvError(`The API cannot start: ${faults.join(". ")}.`);
  }
  const { data } = parsed;
  const artefacts = placeIn(given);
  const fault = placeFault(artefacts);
  if (fault !== undefined) throw new EnvError(`The API cannot start: ${fault}.`);
  return Object.freeze({
    databaseUrl: data.DATABASE_URL,
    port: data.PORT,
    host: data.HOST,
    siteUrl: data.SITE_URL.replace(/\/$/, ""),
    corsOrigins: data.CORS_ORIGINS,
    logLevel: data.LOG_LEVEL,
    statementTimeoutMs: data.STATEMENT_TIMEOUT_MS,
    databasePool: data.DATABASE_POOL,
    rateLimit: data.RATE_LIMIT,
    trustProxy: data.TRUST_PROXY,
    siteSecret: data.SITE_SECRET,
    artefacts,
    metrics: data.METRICS === "on",
  });
}
