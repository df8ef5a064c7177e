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
