/** What a Postgres must be: new enough, and in UTF-8, for another encoding loses or refuses letters when they come. */
import pg from "pg";
import { DatabaseError } from "./error.ts";

/** In words for a person; one sentence for `npm start` and `doctor` alike. */
export const encodingFault = (encoding: string): string | null =>
  encoding === "UTF8"
    ? null
    : `the database's encoding is ${encoding}, and names of every script need UTF8: make a new one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0, and point DATABASE_URL to it.`;

/** The oldest that the operator's handbook was followed on. */
const OLDEST = 15;

/** @throws DatabaseError for a server too old, or a database not in UTF-8; one that cannot be reached is left for the next to say. */
export async function requireFit(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch {
    return;
  }
  try {
    const { rows } = await client.query<{ encoding: string; version: string }>(
      "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version') AS version",
    );
    const { encoding = "unknown", version = "0" } = rows[0] ?? {};
    if (Number.parseInt(version, 10) < OLDEST) {
      throw new DatabaseError(`Postgres ${OLDEST} or later is needed; DATABASE_URL leads to ${version}.`);
    }
    const fault = encodingFault(encoding);
    if (fault) throw new DatabaseError(fault);
  } finally {
    await client.end();
  }
}
