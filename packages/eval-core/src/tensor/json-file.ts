/** JSON that somebody wrote into a file: UTF-8, and each field once, for the last of two would be taken without a word. */
import { JsonError, parseJson } from "./json.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The message is one sentence that begins with the file's name, without a stop. */
export class JsonFileError extends Error {
  override readonly name = "JsonFileError";
}

/**
 * @param name of the file, as the sentence is to begin
 * @throws JsonFileError where it is not UTF-8, not JSON, or tells a field twice
 */
export function jsonOfFile(bytes: Uint8Array, name: string): unknown {
  const decoded = decodeUtf8(bytes);
  if ("wrong" in decoded) throw new JsonFileError(`${name}: ${decoded.wrong.replace(/\.$/, "")}`);
  try {
    const { value, repeated } = parseJson(decoded.text);
    const [twice] = repeated;
    if (twice) throw new JsonFileError(`${name} tells the field '${twice.join(".")}' twice`);
    return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new JsonFileError(`${name} is not valid JSON: ${error.message}`);
  }
}
