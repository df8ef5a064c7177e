/** Two databases on one throwaway Postgres: the published record, and the same with a million generated results. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationRole, connect, migrate, seed, startPostgres } from "@transferboard/prisma";
import { generateWarehouse } from "@transferboard/prisma/testing/generate-warehouse";

export interface Place {
  /** As the application connects. */
  readonly appUrl: string;
  readonly ownerUrl: string;
}

export interface Warehouses extends AsyncDisposable {
  readonly published: Place;
  readonly generated: Place;
  readonly results: number;
  readonly secondsToGenerate: number;
}

/**
 * The board as a user of PostGraphile would offer it: one function in SQL, which it pages through. It answers the
 * question of ours and no more: rank, method and mean over the methods that have every measure.
 */
const PEER_BOARD = `
  CREATE FUNCTION bench_board(board text) RETURNS TABLE (rank bigint, slug text, name text, aggregate float8)
  LANGUAGE sql STABLE AS $$
    WITH wanted AS (
      SELECT measure_id FROM suite_measure JOIN suite ON suite.id = suite_id WHERE suite.slug = board AND ranked
      UNION SELECT id FROM measure WHERE measure.slug = board),
    cells AS (
      SELECT DISTINCT ON (r.measure_id, r.method_id) r.method_id, r.value FROM result r
      WHERE r.measure_id IN (SELECT measure_id FROM wanted)
        AND NOT EXISTS (SELECT FROM result c WHERE c.supersedes_id = r.id)
        AND NOT EXISTS (SELECT FROM retraction x WHERE x.result_id = r.id)
      ORDER BY r.measure_id, r.method_id, r.provenance DESC, r.id DESC)
    SELECT rank() OVER (ORDER BY avg(value) DESC), m.slug, m.name, avg(value)
    FROM cells JOIN method m ON m.id = method_id
    GROUP BY m.id HAVING count(*) = (SELECT count(*) FROM wanted)
    ORDER BY avg(value) DESC, m.name
  $$`;

const named = (url: string, database: string) => url.replace(/\/[^/?]+(\?|$)/, `/${database}$1`);

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const owner = connect(url, { role: null, poolSize: 1 });
  try {
    for (const statement of statements) await owner.$executeRawUnsafe(statement);
  } finally {
    await owner.$disconnect();
  }
}

/** @param shape how many methods and measures are generated; 2,000 and 500 unless told */
export async function startWarehouses(
  results: number,
  log: (line: string) => void,
  shape: { readonly methods?: number; readonly measures?: number } = {},
): Promise<Warehouses> {
  const dataDir = mkdtempSync(join(tmpdir(), "transferboard-bench-"));
  const postgres = await startPostgres({ dataDir });
  const end = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const place = (database: string): Place => ({
      ownerUrl: named(postgres.url, database),
      appUrl: named(postgres.appUrl, database),
    });
    const [published, generated] = [place("bench_published"), place("bench_generated")];
    await run(postgres.url, "CREATE DATABASE bench_published");
    await migrate(published.ownerUrl);
    await seed(published.ownerUrl);
    await run(published.ownerUrl, PEER_BOARD, `GRANT EXECUTE ON FUNCTION bench_board TO ${applicationRole}`);
    await run(postgres.url, "CREATE DATABASE bench_generated TEMPLATE bench_published");
    await run(published.ownerUrl, "VACUUM ANALYZE");
    const began = performance.now();
    const made = await generateWarehouse(generated.ownerUrl, { results, log, ...shape });
    const secondsToGenerate = (performance.now() - began) / 1000;
    return { published, generated, results: made.results, secondsToGenerate, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
