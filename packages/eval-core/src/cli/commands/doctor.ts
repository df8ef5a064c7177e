/** `transferboard doctor`: which devices work, whether the database answers, which versions these are. */
import { availableParallelism, totalmem } from "node:os";
import { connect, databaseUrl } from "@transferboard/prisma";
import { listDevices } from "../../runtime/index.ts";
import { type AddCommand, STATE_FOLDER } from "../context.ts";
import { sentenceOf } from "../exit-codes.ts";
import { table } from "../table.ts";
import { versions } from "../versions.ts";

interface DatabaseReport {
  readonly works: boolean;
  readonly source?: string;
  readonly results?: number;
  readonly reason?: string;
}

async function tryDatabase(): Promise<DatabaseReport> {
  try {
    const { appUrl, source } = databaseUrl();
    const db = connect(appUrl, { poolSize: 1, applicationName: "transferboard doctor" });
    try {
      return { works: true, source, results: await db.result.count() };
    } finally {
      await db.$disconnect();
    }
  } catch (error) {
    return { works: false, reason: sentenceOf(error) };
  }
}

export const addDoctor: AddCommand = (program, contextOf) => {
  program
    .command("doctor")
    .description("try the devices and the database, and say what is here")
    .option("--json", "print one JSON document")
    .action(async (options: { json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const [devices, database] = await Promise.all([listDevices(), tryDatabase()]);
      const machine = { cores: availableParallelism(), memoryGiB: Math.round(totalmem() / 2 ** 30) };
      if (options.json) {
        return terminal.print(
          JSON.stringify({ devices, database, machine, state: STATE_FOLDER, versions: versions() }, null, 2),
        );
      }
      const yes = (works: boolean) => (works ? "works" : "no");
      const rows = [
        ...devices.map(({ device, works, reason = "" }) => [`device ${device}`, yes(works), reason]),
        [
          "database",
          yes(database.works),
          database.reason ?? `${database.results} results, found by ${database.source}`,
        ],
        ["cores", String(machine.cores), ""],
        ["memory", `${machine.memoryGiB} GiB`, ""],
        ...Object.entries(versions()).map(([name, version]) => [name, version, ""]),
        ["kept in", "", STATE_FOLDER],
      ];
      terminal.print(table([{ header: "what" }, { header: "state" }, { header: "" }], rows));
    });
};
