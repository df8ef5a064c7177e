/** Text that no database takes, and trees that no honest submission is: found before anything walks them by recursion. */
import { isText } from "../../text.ts";
import { type Draft, type Fault, fault, MOST_FAULTS, type Path } from "./faults/fault.ts";

/** Objects and lists in each other. A protocol's body is a few levels. */
export const MOST_NESTED = 32;

/** Walks without recursion. */
export function textFaults({ body, placeOf }: Pick<Draft, "body" | "placeOf">): Fault[] {
  const faults: Fault[] = [];
  const waiting: { readonly value: unknown; readonly path: Path }[] = [{ value: body, path: [] }];
  for (let next = waiting.pop(); next && faults.length < MOST_FAULTS; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value === "string" && !isText(value)) {
      const message = "The text holds a NUL or half a surrogate pair, which no text has.";
      faults.push(fault(placeOf(path), message, { expected: "Unicode text" }));
    }
    if (typeof value === "string" && value.includes("\ufffd")) {
      const message =
        "The text holds U+FFFD, the mark of a letter that was lost in decoding: it was not read as what it is.";
      faults.push(fault(placeOf(path), message, { expected: "the file saved as UTF-8, and read as UTF-8" }));
    }
    if (typeof value !== "object" || value === null) continue;
    if (path.length >= MOST_NESTED) {
      const expected = `at most ${MOST_NESTED} levels of objects and lists`;
      return [fault(placeOf(path.slice(0, 2)), "This is nested too deeply.", { expected })];
    }
    for (const [key, child] of Object.entries(value).reverse()) {
      const inner = [...path, Array.isArray(value) ? Number(key) : key];
      if (!isText(key)) {
        const message = "The name of a field holds a NUL or half a surrogate pair, which no text has.";
        faults.push(fault(placeOf(path), message, { expected: "Unicode text" }));
      } else waiting.push({ value: child, path: inner });
    }
  }
  return faults;
}
