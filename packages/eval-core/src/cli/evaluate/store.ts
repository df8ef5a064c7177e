/** The record in the database, opened and tried. */
import { connect, type Database, databaseUrl } from "@transferboard/prisma";
import { databaseStore, type Store } from "../../jobs/index.ts";
import { CommandError, EXIT, sentenceOf } from "../exit-codes.ts";

export type { Standing, Store } from "../../jobs/index.ts";

/** @throws DatabaseError where there is no database, CommandError where it does not answer */
export async function openStore(): Promise<Store> {
  return databaseStore(await openDatabase());
}

/** @throws DatabaseError where there is no database, CommandError where it does not answer */
export async function openDatabase(): Promise<Database> {
  const { appUrl } = databaseUrl();
  const db = connect(appUrl, { poolSize: 2, applicationName: "transferboard evaluate" });
  try {
    await db.method.count();
    return db;
  } catch (error) {
    await db.$disconnect();
    const { hostname, port } = new URL(appUrl);
    const why = sentenceOf(error).replace(/^the database failed: /, "");
    throw new CommandError(
      `the database at ${hostname}:${port || 5432} cannot be used: ${why.replace(/[.;]$/, "")}; start it with npm start, or add --no-record`,
      EXIT.database,
    );
  }
}
