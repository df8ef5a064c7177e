/** `transferboard dump` and `restore`: the whole warehouse as one file, and back into an empty database. */
import { join } from "node:path";
import { checkDump, DatabaseError, databaseUrl, dump, restore, startPostgres } from "@transferboard/prisma";
import { type AddCommand, type Context, STATE_FOLDER } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { timed } from "../terminal.ts";

const DUMP_HELP = `
Example, every night at three, a file a weekday:
  0 3 * * *  npx transferboard dump /backups/transferboard-$(date +\\%u).gz`;

const RESTORE_HELP = `
The target is the database of DATABASE_URL, else the embedded one, which is created if needed and must not be running.
The database must be empty. The whole file is read before the database is touched. The restore is all or nothing:
the audit chain is verified before it counts.`;

export const addDump: AddCommand = (program, contextOf) => {
  program
    .command("dump <file>")
    .description("save the whole record to one file, as of one moment; others can keep working")
    .option("--json", "print one JSON document")
    .addHelpText("after", DUMP_HELP)
    .action(async (file: string, options: { json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const step = timed(terminal.step("Writing rows"));
      const { rows, bytes } = await dump(databaseUrl().url, file, (done) => step.update(done, done)).catch(
        unreachable,
      );
      step.end();
      if (options.json) return terminal.print(JSON.stringify({ file, rows, bytes }, null, 2));
      terminal.print(`${file}: ${rows} rows in ${bytes} bytes.`);
    });
};

export const addRestore: AddCommand = (program, contextOf) => {
  program
    .command("restore <file>")
    .description("restore a dump into an empty database")
    .option("--json", "print one JSON document")
    .addHelpText("after", RESTORE_HELP)
    .action(async (file: string, options: { json?: boolean }) => {
      const context = contextOf(options.json);
      const { rows, createdAt } = await restoreSomewhere(file, context);
      if (options.json) return context.terminal.print(JSON.stringify({ file, rows, createdAt }, null, 2));
      context.terminal.print(`${rows} rows restored, as of ${createdAt}; the audit chain is whole.`);
    });
};

async function restoreSomewhere(file: string, { terminal }: Context) {
  const reading = timed(terminal.step("Reading rows"));
  const checked = await checkDump(file, (done) => reading.update(done, done));
  reading.end();
  const step = timed(terminal.step("Restoring rows"));
  const into = async (url: string) => {
    const restored = await restore(checked, url, (done) => step.update(done, done)).catch(unreachable);
    step.end();
    return restored;
  };
  if (process.env.DATABASE_URL) return into(databaseUrl().url);
  const postgres = await startPostgres({ dataDir: join(STATE_FOLDER, "postgres"), log: terminal.say });
  try {
    return await into(postgres.url);
  } finally {
    await postgres.stop();
  }
}

/** What the driver says where nobody listens, as a sentence. */
function unreachable(error: unknown): never {
  if (error instanceof DatabaseError || !(error instanceof Error)) throw error;
  const { code = "" } = error as NodeJS.ErrnoException;
  // Two hexadecimal letters and three digits or letters: Postgres' own words, of a login or a database.
  if (!/^(ECONN|ENOTFOUND|ETIMEDOUT|EHOST|28|3D|57P)/.test(code)) throw error;
  throw new CommandError(
    `the database cannot be used: ${error.message || code}; correct DATABASE_URL`,
    EXIT.database,
  );
}
