/** A database keeps names of every script only in UTF-8: another encoding loses or refuses letters when they come. */
import pg from "pg";
import { DatabaseError } from "./error.ts";

/** In words for a person; one sentence for `npm start` and `doctor` alike. */
export const encodingFault = (encoding: string): string | null =>
  encoding === "UTF8"
    ? null
    : `the database's encoding is ${encoding}, and names of every script need UTF8: make a new one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0, and point DATABASE_URL to it.`;

/** @throws DatabaseError where the database is not in UTF-8; one that cannot be reached is left for the next to say. */
export async function requireUtf8(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch {
    return;
  }
  try {
    const { rows } = await client.query<{ server_encoding: string }>("SHOW server_encoding");
    const fault = encodingFault(rows[0]?.server_encoding ?? "unknown");
    if (fault) throw new DatabaseError(fault);
  } finally {
    await client.end();
  }
}
