/** What an operator does straight in the database: opened, tried, closed. */
import { connect, type Database, databaseUrl } from "@transferboard/prisma";
import { CommandError, EXIT, sentenceOf } from "./exit-codes.ts";

/** @throws DatabaseError where there is no database, CommandError where it does not answer */
export async function withDatabase<T>(command: string, work: (db: Database) => Promise<T>): Promise<T> {
  const { appUrl } = databaseUrl();
  const db = connect(appUrl, { poolSize: 2, applicationName: `transferboard ${command}` });
  try {
    await db.account.count().catch((error: unknown) => {
      const { hostname, port } = new URL(appUrl);
      const why = sentenceOf(error).replace(/^the database failed: /, "");
      throw new CommandError(
        `the database at ${hostname}:${port || 5432} cannot be used: ${why.replace(/[.;]$/, "")}; start it with npm start, or correct DATABASE_URL`,
        EXIT.database,
      );
    });
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}
