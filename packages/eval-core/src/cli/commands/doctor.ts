/**
 * `transferboard doctor`: which devices work, whether the database answers and its record is as it was written, which of its
 * values are implausible, which versions these are.
 */
import { availableParallelism, totalmem } from "node:os";
import {
  type AuditReport,
  connect,
  databaseUrl,
  encodingFault,
  verifyAuditChain,
} from "@transferboard/prisma";
import type { LedgerFinding } from "../../record/index.ts";
import { listDevices } from "../../runtime/index.ts";
import { openFindings } from "../../warehouse/index.ts";
import { type AddCommand, STATE_FOLDER } from "../context.ts";
import { EXIT, sentenceOf } from "../exit-codes.ts";
import { table } from "../table.ts";
import { versions } from "../versions.ts";

interface DatabaseReport {
  readonly works: boolean;
  readonly source?: string;
  readonly results?: number;
  readonly reason?: string;
  readonly audit?: Omit<AuditReport, "events"> & { readonly events: number };
  /** Implausible values of the ledger of which no reviewer has decided. */
  readonly findings?: readonly LedgerFinding[];
  readonly decidedFindings?: number;
}

async function tryDatabase(audit: boolean, say: (sentence: string) => void): Promise<DatabaseReport> {
  try {
    const { appUrl, source } = databaseUrl();
    const db = connect(appUrl, { poolSize: 1, applicationName: "transferboard doctor" });
    try {
      const [row] = await db.$queryRaw<{ server_encoding: string }[]>`show server_encoding`;
      const fault = encodingFault(row?.server_encoding ?? "unknown");
      if (fault) return { works: false, reason: fault };
      const results = await db.result.count();
      if (!audit) return { works: true, source, results };
      const { events, ...chain } = await verifyAuditChain(db);
      let told = Date.now();
      const { open, decided } = await openFindings(db, (done, total) => {
        if (Date.now() - told < 2_000) return;
        told = Date.now();
        say(`Checking values against those of all other methods: ${done} of ${total} methods are done.`);
      });
      const report = { findings: open, decidedFindings: decided };
      return { works: true, source, results, audit: { events: Number(events), ...chain }, ...report };
    } finally {
      await db.$disconnect();
    }
  } catch (error) {
    return { works: false, reason: sentenceOf(error) };
  }
}

/** The last hash, kept elsewhere, shows later whether events were cut off the end. */
function auditRows({ events, head, faults }: NonNullable<DatabaseReport["audit"]>): string[][] {
  if (faults.length === 0) return [["audit chain", "whole", `${events} events, the last ${head}`]];
  return faults.map((fault, i) => [i === 0 ? "audit chain" : "", "broken", fault]);
}

/** More lines than these nobody reads at once. */
const MOST_FINDINGS = 50;

/** An implausible value is no failure of the machine: a reviewer decides. */
function findingRows({ findings = [], decidedFindings = 0 }: DatabaseReport): string[][] {
  const decided = decidedFindings === 0 ? "" : `${decidedFindings} decided by reviewers`;
  if (findings.length === 0) return [["values", "plausible", decided]];
  const shown = findings
    .slice(0, MOST_FINDINGS)
    .map(({ method, code, severity, place, message }, i) => [
      i === 0 ? "values" : "",
      `${code}, ${severity === "ERROR" ? "error" : "warning"}`,
      `${method}${place && `, ${place}`}: ${message}`,
    ]);
  const more = findings.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [["", `and ${more} more`, "--json prints all"]] : []),
    ...(decided ? [["", "", decided]] : []),
  ];
}

/** What the lines about values mean, and what to do. */
function meaningOf({ findings = [] }: DatabaseReport): string {
  if (findings.length === 0) return "";
  const words = [
    "No correct evaluation gives a value that has an error; one that has a warning may be right.",
    "A reviewer decides on each, on the site's page /findings; those that are decided are not listed again.",
  ];
  return `\n\n${words.join("\n")}`;
}

export const addDoctor: AddCommand = (program, contextOf) => {
  program
    .command("doctor")
    .description("check the devices, the database and the record")
    .option("--no-audit", "skip verifying the audit chain and the values, which reads the whole record")
    .option("--json", "print one JSON document")
    .action(async (options: { audit: boolean; json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const [devices, database] = await Promise.all([
        listDevices(),
        tryDatabase(options.audit, (sentence) => terminal.say(sentence)),
      ]);
      const machine = { cores: availableParallelism(), memoryGiB: Math.round(totalmem() / 2 ** 30) };
      const { audit } = database;
      // A record that was tampered with is a failure whatever else works.
      if (audit && audit.faults.length > 0) process.exitCode = EXIT.failed;
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
          database.reason ?? `${database.results} results; found by ${database.source}`,
        ],
        ...(audit ? auditRows(audit) : []),
        ...(audit ? findingRows(database) : []),
        ["cores", String(machine.cores), ""],
        ["memory", `${machine.memoryGiB} GiB`, ""],
        ...Object.entries(versions()).map(([name, version]) => [name, version, ""]),
        ["kept in", "", STATE_FOLDER],
      ];
      const lines = table([{ header: "what" }, { header: "state" }, { header: "details" }], rows);
      terminal.print(`${lines}${meaningOf(database)}`);
    });
};
