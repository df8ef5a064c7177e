import { defineConfig } from "prisma/config";

/** Only `prisma generate` reads this: the project applies migrations in-process (src/migrate.ts). */
export default defineConfig({ schema: "schema.prisma", migrations: { path: "migrations" } });
