/** What is wrong with a submission, each fault with its place and what was expected. */
import { InvalidInput } from "../../../errors.ts";

export interface Fault {
  /** A stable name of what is wrong, for faults of plausibility; null for those of the form. */
  readonly code: string | null;
  /** Where: a JSON pointer, or a row and column. */
  readonly place: string;
  readonly message: string;
  readonly expected: string | null;
  readonly severity: "ERROR" | "WARNING";
  readonly nearest: readonly string[];
}

export type Path = readonly (string | number)[];

/** What a format hands over: our JSON form, not yet checked, and how its places are called in the original. */
export interface Draft {
  readonly body: unknown;
  readonly placeOf: (path: Path) => string;
  /** Where the details of a new method go, in formats that only name it. */
  readonly methodPlace?: string;
  /** What was wrong already while reading. */
  readonly faults: readonly Fault[];
  /** Paths of fields whose absence `faults` already explains. */
  readonly explained?: ReadonlySet<string>;
}

/** What the sender tells beside the text. */
export interface ReadOptions {
  /** Of a card with several models: the name of the one that is meant. */
  readonly model?: string | undefined;
}

/** RFC 6901. */
export const jsonPointer = (path: Path): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "/";

export function fault(
  place: string,
  message: string,
  more: Partial<Omit<Fault, "place" | "message">> = {},
): Fault {
  return { code: null, place, message, expected: null, severity: "ERROR", nearest: [], ...more };
}

/** More than these tell a reader nothing new. */
export const MOST_FAULTS = 200;

export class InvalidSubmission extends InvalidInput {
  override readonly name = "InvalidSubmission";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const errors = faults.filter(({ severity }) => severity === "ERROR").length;
    super(`${errors} ${errors === 1 ? "problem" : "problems"} to fix.`, {
      faults: faults.slice(0, MOST_FAULTS),
    });
    this.faults = faults.slice(0, MOST_FAULTS);
  }
}
