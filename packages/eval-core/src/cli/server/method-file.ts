/** `--method-file FILE`: what a server wants to know of a method that it does not have yet. */
import { readFile } from "node:fs/promises";
import { JsonFileError, jsonOfFile } from "../../tensor/index.ts";
import { CommandError } from "../exit-codes.ts";

const FIELDS = ["slug", "name", "family", "year", "paperTitle", "paperUrl", "bibtex", "pretraining"];

export const METHOD_FILE_HELP = `a new method's details: a JSON object of ${FIELDS.slice(1).join(", ")}`;

export type MethodFields = Readonly<Record<string, unknown>>;

/** The fields' values are the server's to check. */
export async function readMethodFile(path: string): Promise<MethodFields> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new CommandError(`there is no file ${path} to read the method from`);
  });
  let fields: unknown;
  try {
    fields = jsonOfFile(bytes, path);
  } catch (error) {
    if (!(error instanceof JsonFileError)) throw error;
    throw new CommandError(error.message);
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new CommandError(`${path} must hold one JSON object of ${FIELDS.join(", ")}`);
  }
  const unknown = Object.keys(fields).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) {
    throw new CommandError(
      `${path} has ${unknown.map((field) => `'${field}'`).join(", ")}: a method has ${FIELDS.join(", ")}`,
    );
  }
  return fields as MethodFields;
}
