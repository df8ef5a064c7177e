/** Connects the Prisma client to a database, as the role that may add to the ledger and not alter it. */
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../generated/client/client.ts";
import { applicationRole } from "./names.ts";

export interface ConnectOptions {
  /** Connections at most. */
  poolSize?: number;
  /** A statement that runs longer is cancelled by the server. 0: never. */
  statementTimeoutMs?: number;
  /** The role to act as: the application's unless told. Null: the user of the URL itself, for seed and maintenance. */
  role?: string | null;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Called with every SQL statement: tests count them. */
  onQuery?: (sql: string) => void;
}

/** What connect() answers; inside a transaction, use TransactionClient. */
export type Database = PrismaClient;
export type TransactionClient = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

/** The settings that a URL carries for its session (`options`), and the URL without them. */
function splitOptions(url: string): { bare: string; settings: string[] } {
  const parsed = new URL(url);
  const options = parsed.searchParams.get("options");
  parsed.searchParams.delete("options");
  return { bare: parsed.toString(), settings: options ? [options] : [] };
}

/** The same database as the application's role, for whoever connects by a URL alone (the job queue). */
export function applicationUrl(url: string): string {
  const { bare, settings } = splitOptions(url);
  const options = encodeURIComponent([...settings, `-c role=${applicationRole}`].join(" "));
  return `${bare}${bare.includes("?") ? "&" : "?"}options=${options}`;
}

/**
 * Connects lazily, with the first query. The session's time zone is UTC whatever the server's: the adapter sends
 * times without a zone.
 */
export function connect(url: string, options: ConnectOptions = {}): Database {
  const { poolSize = 10, statementTimeoutMs = 30_000, role = applicationRole } = options;
  const { bare, settings } = splitOptions(url);
  settings.push("-c timezone=UTC", ...(role === null ? [] : [`-c role=${role}`]));
  const adapter = new PrismaPg({
    connectionString: bare,
    max: poolSize,
    application_name: options.applicationName ?? "transferboard",
    options: settings.join(" "),
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    ...(statementTimeoutMs > 0 && { statement_timeout: statementTimeoutMs }),
  });
  const { onQuery } = options;
  if (!onQuery) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: "event", level: "query" }] });
  client.$on("query", (event) => onQuery(event.query));
  return client as unknown as Database;
}
