/** `--method-file FILE`: what a server wants to know of a method that it does not have yet. */
import { readFile } from "node:fs/promises";
import { decodeUtf8, JsonError, parseJson } from "../../tensor/index.ts";
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
  const decoded = decodeUtf8(bytes);
  if ("wrong" in decoded) throw new CommandError(`${path}: ${decoded.wrong.replace(/\.$/, "")}`);
  let fields: unknown;
  try {
    const { value, repeated } = parseJson(decoded.text);
    const [twice] = repeated;
    if (twice) throw new CommandError(`${path} tells the field '${twice.join(".")}' twice`);
    fields = value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CommandError(`${path} is not valid JSON: ${error.message}`);
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
