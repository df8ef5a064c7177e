/** One throwaway server for a whole test run, with a migrated and seeded database to copy from. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { migrate } from "../migrate.ts";
import { startPostgres } from "../postgres/index.ts";
import { seed } from "../seed/index.ts";

/** Databases to copy: with the published record, or with the tables alone. */
export const templates = { seeded: "template_seeded", empty: "template_empty" } as const;

export interface TestServer {
  /** As owner, without a database's name. */
  ownerUrl: string;
  /** As the application's user, likewise. */
  appUrl: string;
  stop(): Promise<void>;
}

const withoutDatabase = (url: string) => url.slice(0, url.lastIndexOf("/"));

export async function startTestServer(): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "transferboard-test-"));
  const postgres = await startPostgres({ dataDir, durability: "fast" });
  const stop = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const ownerUrl = withoutDatabase(postgres.url);
    const client = new pg.Client({ connectionString: `${ownerUrl}/postgres` });
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${templates.empty}`);
      await migrate(`${ownerUrl}/${templates.empty}`);
      await client.query(`CREATE DATABASE ${templates.seeded} TEMPLATE ${templates.empty}`);
      await seed(`${ownerUrl}/${templates.seeded}`);
    } finally {
      await client.end();
    }
    return { ownerUrl, appUrl: withoutDatabase(postgres.appUrl), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
