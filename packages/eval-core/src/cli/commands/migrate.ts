/** `transferboard migrate`: brings a Postgres of one's own to this version, and writes the published results into it. */
import { databaseUrl, migrate, seed } from "@transferboard/prisma";
import type { AddCommand } from "../context.ts";

const HELP = `
DATABASE_URL must name the database's owner: migrations make tables and the role that the API, the site's readers and the
workers have. It can be run again at any time, and while the old version serves: migrations only go forward. One that
fails half way is undone by Postgres and named; nothing after it is applied.`;

export const addMigrate: AddCommand = (program, contextOf) => {
  program
    .command("migrate")
    .description("bring the database to this version, and seed the published results")
    .option("--no-seed", "leave the published results out")
    .addHelpText("after", HELP)
    .action(async (options: { seed: boolean }) => {
      const { terminal } = contextOf();
      const { url } = databaseUrl();
      const applied = await migrate(url);
      terminal.say(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "The database is up to date.");
      if (!options.seed) return;
      const { results } = await seed(url);
      terminal.say(results > 0 ? `Seeded ${results} published results.` : "The published results are there.");
    });
};
