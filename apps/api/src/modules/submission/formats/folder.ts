/** A folder as one JSON object of file names to their contents: each the file's text, or its JSON as it stands. */
import type { TextFile } from "@transferboard/eval-core/formats";
import { type ParsedJson, parseJson } from "@transferboard/eval-core/tensor";
import { type Fault, fault, jsonPointer } from "../faults/fault.ts";
import { notJson, repeatedFields } from "./json.ts";

export interface Folder {
  /** Each with its text, letter by letter. */
  readonly files: readonly TextFile[];
  /** Names that stand twice. */
  readonly faults: readonly Fault[];
}

const EXPECTED = "a JSON object of file names to their contents";

const isNames = (names: readonly string[]) => names.every((name) => /\.\w+$/.test(name));

/** Or what is wrong with a text that is no folder. */
export function readFolder(content: string): Folder | Fault {
  let parsed: ParsedJson;
  try {
    parsed = parseJson(content);
  } catch (error) {
    return notJson(error, "/", EXPECTED);
  }
  const { value, texts } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !isNames(Object.keys(value))) {
    return fault(jsonPointer([]), "The text is not a folder of files.", { expected: EXPECTED });
  }
  return {
    files: Object.entries(value).map(([name, inner]) => ({
      name,
      text: typeof inner === "string" ? inner : texts.get(name)!,
    })),
    // What stands twice inside a file, its reader says.
    faults: repeatedFields({ ...parsed, repeated: parsed.repeated.filter(({ length }) => length === 1) }),
  };
}

export const isFolder = (read: Folder | Fault): read is Folder => "files" in read;
