/** Where this package's own files are. */
import { join } from "node:path";

export const packageRoot = join(import.meta.dirname, "..");
export const schemaFile = join(packageRoot, "schema.prisma");
export const migrationsFolder = join(packageRoot, "migrations");
export const dataFolder = join(packageRoot, "data");
