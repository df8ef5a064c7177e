/** What files of results do not say themselves, and the command line does. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { CommandError, EXIT } from "../exit-codes.ts";

export interface ToldOptions {
  readonly model?: string;
  readonly revision?: string;
  readonly dataset?: string;
  readonly date?: string;
  readonly suite?: string;
  readonly map?: string;
  readonly onDuplicate?: string;
}

export const addToldOptions = (command: Command): Command =>
  command
    .option("--model <name>", "which model of a card with several; for files that name none, their Hub repo")
    .option("--revision <revision>", "the revision of that model")
    .option("--dataset <name>", "the dataset, where the file does not name it")
    .option("--date <date>", "when the values were measured, where the files do not say")
    .option("--suite <name>", "only measures of this suite or setting; the others are listed")
    .option(
      "--map <file>",
      "a JSON object that maps the format's tasks to measures, for tasks that are not known here",
    )
    .option("--on-duplicate <which>", "take the first or the last of two values for the same cell");

/** As the address has it. The model goes its own way. */
export async function toldOf(options: ToldOptions): Promise<Record<string, string>> {
  const { revision, dataset, date, suite, map, onDuplicate } = options;
  if (onDuplicate !== undefined && onDuplicate !== "first" && onDuplicate !== "last") {
    throw new CommandError("--on-duplicate is first or last", EXIT.usage);
  }
  if (date !== undefined && !/^\d{4}-\d{2}-\d{2}/.test(date)) {
    throw new CommandError(`--date '${date}' is no ISO date, such as 2026-08-01`, EXIT.usage);
  }
  const text = map === undefined ? undefined : await readMap(map);
  const all = { revision, dataset, date, suite, map: text, onDuplicate };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function readMap(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new CommandError(`there is no file ${file} to read a map of`, EXIT.usage);
  });
  try {
    const value = JSON.parse(text) as unknown;
    if (
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((one) => typeof one === "string")
    ) {
      return JSON.stringify(value);
    }
  } catch {
    // Said below.
  }
  throw new CommandError(
    `${file} is no map: a JSON object of the format's tasks to measures was expected`,
    EXIT.usage,
  );
}
