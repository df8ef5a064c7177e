/** The migrations say what schema.prisma says, and applying them again does nothing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseError } from "./error.ts";
import { driftFromSchema, migrate, migrationState } from "./migrate.ts";
import { migrationsFolder } from "./paths.ts";
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

test("an earlier form of a migration that led to the same is not called edited, any other is", async () => {
  await using other = await testDatabase({ from: "empty" });
  await other.client.$disconnect();
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: other.url });
  await client.connect();
  try {
    const applied = async (name: string, script: string) => {
      const checksum = createHash("sha256").update(script).digest("hex");
      await client.query("UPDATE _prisma_migrations SET checksum = $2 WHERE migration_name = $1", [
        name,
        checksum,
      ]);
      return migrationState(other.url);
    };
    const script = readFileSync(join(migrationsFolder, "0009_parent_run", "migration.sql"), "utf8");
    const earlier = script.replace(/-- The key above is looked at here:.*\nSET CONSTRAINTS .*\n/, "");
    expect(earlier).not.toBe(script);
    expect(await applied("0009_parent_run", earlier)).toEqual({ missing: [], edited: [] });
    expect(await applied("0010_claims", earlier)).toEqual({ missing: [], edited: ["0010_claims"] });
    const damaged = await applied("0009_parent_run", `${earlier} `);
    expect(damaged).toEqual({ missing: [], edited: ["0009_parent_run", "0010_claims"] });
  } finally {
    await client.end();
  }
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
