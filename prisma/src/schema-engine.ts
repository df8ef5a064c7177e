/**
 * Prisma's schema engine, loaded from its WebAssembly by hand: importing the package would use Node's experimental
 * import of .wasm files and print a warning.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import type pg from "pg";
import { DatabaseError } from "./error.ts";
import { schemaFile } from "./paths.ts";

/** What the glue module exports but its types do not say. */
interface Glue {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: Record<string, unknown>): void;
}

/** Node has it, but its types leave it to the DOM's, which do not belong here. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

let loaded: Promise<Glue> | undefined;

async function load(): Promise<Glue> {
  const module = glue as unknown as Glue;
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@prisma/schema-engine-wasm"));
  const bytes = await readFile(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, {
    "./schema_engine_bg.js": glue,
  });
  // Where the engine leaves its last words when it panics.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => console.error(message) },
  });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return module;
}

/** The engine's own words, without its advice to make sure that the server runs. */
function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n\nPlease make sure")[0]?.trim() ?? message;
}

type Connection = Awaited<ReturnType<PrismaPg["connect"]>>;

/** Postgres' internal one-byte type, which the adapter does not know and the catalogues are full of. */
const charType = 18;
const textType = 25;

/** Mends what the adapter lacks as a connection for migrations; a release of it that can do both makes this void. */
function forMigrations(connection: Connection): Connection {
  const pool = connection.underlyingDriver();
  // The adapter cuts a script at every semicolon, those inside a function's body too. Sent whole, it is also one
  // transaction: a migration that fails leaves nothing behind.
  connection.executeScript = async (script) => {
    await pool.query(script);
  };
  const charColumns = new Map<string, number[]>();
  const query = pool.query.bind(pool) as (config: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult>;
  pool.query = (async (config: pg.QueryArrayConfig) => {
    const result = await query(config);
    const found = (result.fields ?? []).flatMap((field, at) => (field.dataTypeID === charType ? [at] : []));
    if (found.length > 0) charColumns.set(config.text, found);
    for (const at of found) result.fields[at]!.dataTypeID = textType;
    return result;
  }) as typeof pool.query;
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (asked) => {
    const set = await queryRaw(asked);
    for (const at of charColumns.get(asked.sql) ?? []) set.columnTypes[at] = ColumnTypeEnum.Character;
    return set;
  };
  return connection;
}

/** Runs `work` on an engine connected to `url`, and disconnects. */
export async function withEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  loaded ??= load();
  const { SchemaEngine: Engine } = await loaded;
  const postgres = new PrismaPg({ connectionString: url, max: 2, options: "-c timezone=UTC" });
  const connections: Connection[] = [];
  const connect = postgres.connect.bind(postgres);
  postgres.connect = async () => {
    const connection = forMigrations(await connect());
    connections.push(connection);
    return connection;
  };
  const factory = bindMigrationAwareSqlAdapterFactory(postgres);
  const datamodels: [string, string][] = [[schemaFile, await readFile(schemaFile, "utf8")]];
  try {
    const engine = await Engine.new({ datamodels }, () => undefined, factory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    throw new DatabaseError(`the database cannot be used: ${sentenceOf(error)}`, { cause: error });
  } finally {
    // The engine closes none of them, and an open one would keep a template database from being copied.
    for (const connection of connections) await connection.dispose();
  }
}
