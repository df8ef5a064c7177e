/** `transferboard doctor`: which devices work, whether the database answers, which versions these are. */
import { availableParallelism, totalmem } from "node:os";
import { listDevices } from "../../runtime/index.ts";
import type { AddCommand } from "../context.ts";
import { table } from "../table.ts";
import { versions } from "../versions.ts";

export const addDoctor: AddCommand = (program, contextOf) => {
  program
    .command("doctor")
    .description("try the devices and say what is here")
    .option("--json", "print one JSON document")
    .action(async (options: { json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const devices = await listDevices();
      const machine = {
        cores: availableParallelism(),
        memoryGiB: Math.round(totalmem() / 2 ** 30),
      };
      if (options.json)
        return terminal.print(JSON.stringify({ devices, machine, versions: versions() }, null, 2));
      const rows = [
        ...devices.map(({ device, works, reason }) => [
          `device ${device}`,
          works ? "works" : "no",
          reason ?? "",
        ]),
        ["cores", String(machine.cores), ""],
        ["memory", `${machine.memoryGiB} GiB`, ""],
        ...Object.entries(versions()).map(([name, version]) => [name, version, ""]),
      ];
      terminal.print(table([{ header: "what" }, { header: "state" }, { header: "why" }], rows));
    });
};
