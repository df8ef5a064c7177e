/** Our JSON form. */
import { type Draft, fault, jsonPointer } from "../faults.ts";

export function readJson(text: string): Draft {
  try {
    return { body: JSON.parse(text), placeOf: jsonPointer, faults: [] };
  } catch {
    const faults = [fault("/", "The text is not valid JSON.", { expected: "one JSON object" })];
    return { body: null, placeOf: jsonPointer, faults };
  }
}
