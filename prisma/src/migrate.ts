/**
 * Applies prisma/migrations in this process: Prisma's schema engine as WebAssembly over node-postgres, so no native
 * engine is needed. It is idempotent, keeps `_prisma_migrations`, and holds Postgres' advisory lock while it works.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { migrationsFolder, packageRoot, schemaFile } from "./paths.ts";
import { withEngine } from "./schema-engine.ts";
import { requireFit } from "./server-fit.ts";

const filters = { externalTables: [], externalEnums: [] };

function migrationNames(): string[] {
  const entries = readdirSync(migrationsFolder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

const scriptOf = (name: string) => readFileSync(join(migrationsFolder, name, "migration.sql"), "utf8");

function migrationsList() {
  return {
    baseDir: migrationsFolder,
    lockfile: {
      path: "migration_lock.toml",
      content: readFileSync(join(migrationsFolder, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: migrationNames().map((name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok" as const, value: scriptOf(name) },
      },
    })),
  };
}

/** Applies what is missing and returns its names; throws a DatabaseError that says which migration failed and why. */
export async function migrate(url: string): Promise<string[]> {
  await requireFit(url);
  return withEngine(url, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrationsList(),
      filters,
    });
    return appliedMigrationNames;
  });
}

/**
 * Checksums of earlier forms that lead to the same schema and data as today's, by migration: a database that applied one
 * is as good as a new one.
 */
const SUPERSEDED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  // Until 2026-11-28 it failed, and changed nothing, before Postgres 16.
  ["0004_application_role", new Set(["86d8cab864a5bdde09273f8382d8139824133e6a303aa3d05819df79445c275d"])],
  // Until 2026-11-27 it failed, and changed nothing, on a record that has runs out of other runs; elsewhere it did the same.
  ["0009_parent_run", new Set(["a95bec24b79c9d1caab200d222024fa0715776bb1ed912cb68bdca2cd138113c"])],
]);

/** Which migrations the database lacks, and which it has in a form that leads elsewhere than this checkout's: for `doctor`. */
export async function migrationState(url: string): Promise<{ missing: string[]; edited: string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; checksum: string }>(
      `SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    const names = migrationNames();
    const edited = names.filter((name) => {
      const checksum = applied.get(name);
      if (checksum === undefined || SUPERSEDED.get(name)?.has(checksum)) return false;
      return checksum !== createHash("sha256").update(scriptOf(name)).digest("hex");
    });
    return { missing: names.filter((name) => !applied.has(name)), edited };
  } finally {
    await client.end();
  }
}

const schema = () => ({ path: schemaFile, content: readFileSync(schemaFile, "utf8") });

/**
 * The SQL that would bring a fully migrated database at `url` to schema.prisma; empty where they agree. Start a new
 * migration from it: `npm run migration -w @transferboard/prisma`.
 */
export async function driftFromSchema(url: string): Promise<string> {
  return withEngine(url, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files: [schema()], configDir: packageRoot },
      to: { tag: "schemaDatamodel", files: [schema()] },
      script: true,
      exitCode: null,
      filters: { ...filters, externalTables: ["public._prisma_migrations"] },
    });
    const script = (stdout ?? "").trim();
    return script.startsWith("-- This is an empty migration") ? "" : script;
  });
}

/** schema.prisma as SQL, from nothing. */
export async function schemaAsSql(url: string): Promise<string> {
  return withEngine(url, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [schema()] },
      script: true,
      exitCode: null,
      filters,
    });
    return stdout ?? "";
  });
}
