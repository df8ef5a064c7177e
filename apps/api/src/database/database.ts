/** The database as the API sees it: Prisma's client for rows and relations, and `sql` for what is written by hand. */
import { connect, type Database as PrismaDatabase } from "@transferboard/prisma";
import type { Env } from "../env.ts";
import type { Sql } from "./sql.ts";

export interface Database {
  readonly prisma: PrismaDatabase;
  readonly sql: Sql;
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions extends Pick<Env, "databaseUrl" | "databasePool" | "statementTimeoutMs"> {
  /** Called with every statement, however it came about. */
  readonly onStatement?: (sql: string) => void;
}

/** Connects with the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const prisma = connect(options.databaseUrl, {
    poolSize: options.databasePool,
    statementTimeoutMs: options.statementTimeoutMs,
    applicationName: "transferboard-api",
    ...(options.onStatement && { onQuery: options.onStatement }),
  });
  const sql: Sql = (text, values = []) => prisma.$queryRawUnsafe(text, ...values);
  return { prisma, sql, close: () => prisma.$disconnect() };
}
