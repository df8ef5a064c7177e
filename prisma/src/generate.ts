/**
 * Runs `prisma generate` when the schema or a generator's version changed: client and Pothos types in generated/.
 * Prisma's command wants a native schema engine, which it would download and then not use; naming any executable
 * keeps it from looking for one.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot, schemaFile } from "./paths.ts";

const require = createRequire(import.meta.url);
const generated = join(packageRoot, "generated");
const stampFile = join(generated, ".stamp");

/** The folder of a package that may not export its package.json. */
function packageFolder(name: string): string {
  const folders = require.resolve.paths(name) ?? [];
  const found = folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
  if (!found) throw new Error(`The package ${name} is not installed: run 'npm install' at the root.`);
  return found;
}

function wantedStamp(): string {
  const hash = createHash("sha256").update(readFileSync(schemaFile));
  for (const name of ["prisma", "@pothos/plugin-prisma"]) {
    hash.update(readFileSync(join(packageFolder(name), "package.json")));
  }
  return hash.digest("hex");
}

/** Whether generated/ is what the schema and the generators' versions would give. */
function isCurrent(stamp: string): boolean {
  return (
    existsSync(join(generated, "client", "client.ts")) &&
    existsSync(join(generated, "pothos.ts")) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, "utf8") === stamp
  );
}

/** Returns whether there was anything to do. */
export async function generate(): Promise<boolean> {
  const stamp = wantedStamp();
  if (isCurrent(stamp)) return false;
  const prisma = packageFolder("prisma");
  await promisify(execFile)(process.execPath, [join(prisma, "build", "index.js"), "generate"], {
    cwd: packageRoot,
    env: {
      ...process.env,
      PATH: [join(dirname(prisma), ".bin"), process.env.PATH].join(delimiter),
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  writeFileSync(stampFile, stamp);
  return true;
}

if (import.meta.main)
  console.log((await generate()) ? "Prisma client generated." : "Prisma client is current.");
