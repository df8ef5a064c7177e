/** The migrations say what schema.prisma says, and applying them again does nothing. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseError } from "./error.ts";
import { driftFromSchema, migrate, migrationState } from "./migrate.ts";
import { type TestDatabase, testDatabase } from "./testing/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ from: "empty" });
});
afterAll(() => database.drop());

test("the migrations and the schema agree", async () => {
  expect(await driftFromSchema(database.url)).toBe("");
});

test("a difference between database and schema is found", async () => {
  await using other = await testDatabase({ from: "empty" });
  await other.client.$disconnect();
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: other.url });
  await client.connect();
  await client.query("ALTER TABLE suite DROP COLUMN description");
  await client.end();
  expect(await driftFromSchema(other.url)).toContain('ALTER TABLE "suite" ADD COLUMN     "description"');
});

test("a second migration has nothing to apply", async () => {
  expect(await migrate(database.url)).toEqual([]);
  expect(await migrationState(database.url)).toEqual({ missing: [], edited: [] });
});

test("a server that is not there is one clear error", async () => {
  await expect(migrate("postgresql://nobody@127.0.0.1:1/nothing")).rejects.toThrow(DatabaseError);
});

test("a database in another encoding than UTF-8 is refused in one sentence", async () => {
  const { default: pg } = await import("pg");
  const server = database.url.slice(0, database.url.lastIndexOf("/"));
  for (const encoding of ["LATIN1", "SQL_ASCII", "WIN1252"]) {
    const name = `other_${encoding.toLowerCase()}_${process.pid}`;
    const owner = new pg.Client({ connectionString: `${server}/postgres` });
    await owner.connect();
    try {
      await owner.query(
        `CREATE DATABASE ${name} ENCODING '${encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
      );
      await expect(migrate(`${server}/${name}`)).rejects.toThrow(
        `the database's encoding is ${encoding}, and names of every script need UTF8`,
      );
    } finally {
      await owner.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await owner.end();
    }
  }
});
