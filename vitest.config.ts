import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Three projects, by what a test needs: nothing (unit), Postgres (integration), Postgres and a browser (browser).
 * A test's name says which: *.test.ts, *.integration.test.ts, *.browser.test.ts.
 */
const where = (ending: string) =>
  ["packages/*/src", "prisma/src", "apps/*/src", "tests"].map((folder) => `${folder}/**/${ending}`);

export default defineConfig({
  test: {
    // Vite would give our code graphql's .mjs while the libraries take its .js: two GraphQLErrors that are not one.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql")) }],
    reporters: ["default"],
    // Much of a test's time is waiting, for a server or a process: two at once even on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: where("*.test.ts"),
          exclude: ["**/node_modules/**", ...where("*.{integration,browser}.test.ts")],
          testTimeout: 60_000,
          // They need nothing and change nothing around them: to load what they share once, not for each file, halves their time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          globalSetup: "prisma/src/testing/global-setup.ts",
          include: where("*.integration.test.ts"),
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          // A page that a link leads to is there within seconds, not within the one that is usual.
          expect: { poll: { timeout: 15_000 } },
          globalSetup: "prisma/src/testing/global-setup.ts",
          include: where("*.browser.test.ts"),
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
