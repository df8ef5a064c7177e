/** `transferboard migrate`: brings a Postgres of one's own to this version, and writes the published results into it. */
import { databaseUrl, migrate, seed } from "@transferboard/prisma";
import type { AddCommand } from "../context.ts";

const HELP = `
DATABASE_URL must name the database's owner: migrations create tables, and the role of the API and the workers. You can
run this at any time, also while the old version serves. Migrations only go forward. If one fails, Postgres undoes it as a
whole, the command names it, and nothing after it is applied.`;

export const addMigrate: AddCommand = (program, contextOf) => {
  program
    .command("migrate")
    .description("update the database to this version, and add the published results")
    .option("--no-seed", "leave out the published results")
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
