/**
 * For developers: `npm run migration -w @transferboard/prisma -- NAME` writes migrations/NNNN_NAME/migration.sql with
 * what schema.prisma has and the migrations so far lack. It works on a server of its own and leaves none behind.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { driftFromSchema, migrate } from "./migrate.ts";
import { migrationsFolder } from "./paths.ts";
import { startPostgres } from "./postgres/index.ts";

const name = process.argv[2];
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Give the migration a name in small letters, digits and underscores, such as 'add_licence'.");
  process.exit(2);
}
const dataDir = mkdtempSync(join(tmpdir(), "transferboard-migration-"));
const postgres = await startPostgres({ dataDir, durability: "fast" });
try {
  await migrate(postgres.url);
  const script = await driftFromSchema(postgres.url);
  if (script === "") {
    console.log("Nothing to write: the migrations already give what schema.prisma says.");
  } else {
    const made = readdirSync(migrationsFolder).filter((entry) => /^\d{4}_/.test(entry)).length;
    const folder = join(migrationsFolder, `${String(made + 1).padStart(4, "0")}_${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "migration.sql"), `${script}\n`);
    console.log(`Wrote ${folder}/migration.sql: read it, say why at its top, and run the tests.`);
  }
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
