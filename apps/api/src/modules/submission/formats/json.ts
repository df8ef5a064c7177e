/** Our JSON form. */
import { JsonError, type ParsedJson, parseJson } from "@transferboard/eval-core/tensor";
import { type Draft, type Fault, fault, jsonPointer } from "../faults/fault.ts";

/** A fault for each field that stands a second time: which of two is meant, nobody can tell. */
export const repeatedFields = ({ repeated }: ParsedJson): Fault[] =>
  repeated.map((path) =>
    fault(jsonPointer(path), `The field '${path.at(-1)}' is told twice here.`, {
      expected: "each field once",
    }),
  );

/** What is wrong with a text that is no JSON. */
export function notJson(error: unknown, place = "/", expected = "one JSON object"): Fault {
  if (!(error instanceof JsonError)) throw error;
  if (error.message.startsWith("nested deeper")) {
    return fault(place, "This is nested too deeply.", { expected: "at most 32 levels of objects and lists" });
  }
  return fault(place, `The text is not valid JSON: ${error.message}.`, { expected });
}

export function readJson(text: string): Draft {
  try {
    const parsed = parseJson(text);
    return { body: parsed.value, placeOf: jsonPointer, faults: repeatedFields(parsed) };
  } catch (error) {
    return { body: null, placeOf: jsonPointer, faults: [notJson(error)] };
  }
}
