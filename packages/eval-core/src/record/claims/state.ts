/** Whether a stored claim holds, at one position of the ledger. A function of that position alone: it has no memory. */

/** What a claim asserts of its question's value: a set of numbers that never moves. */
export type Assertion =
  | { readonly op: ">" | ">=" | "<" | "<="; readonly bound: number }
  | { readonly op: "between"; readonly lower: number; readonly upper: number };

/** A question's answer; the interval is closed, null where there is none. */
export interface Answer {
  readonly value: number;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
}

/**
 * - holding: the value is as asserted.
 * - shaken: it is not, but its interval reaches there.
 * - overturned: the interval does not, or there is none.
 * - unanswerable: the question has no value.
 */
export type ClaimState = "holding" | "shaken" | "overturned" | "unanswerable";

function holds(assertion: Assertion, value: number): boolean {
  switch (assertion.op) {
    case ">":
      return value > assertion.bound;
    case ">=":
      return value >= assertion.bound;
    case "<":
      return value < assertion.bound;
    case "<=":
      return value <= assertion.bound;
    case "between":
      return assertion.lower <= value && value <= assertion.upper;
  }
}

function meets(assertion: Assertion, { lower, upper }: NonNullable<Answer["interval"]>): boolean {
  if (assertion.op === "between") return upper >= assertion.lower && lower <= assertion.upper;
  // A half-line meets an interval when it holds the end on its side.
  return holds(assertion, assertion.op.startsWith(">") ? upper : lower);
}

export function claimState(assertion: Assertion, answer: Answer | null): ClaimState {
  if (answer === null) return "unanswerable";
  if (holds(assertion, answer.value)) return "holding";
  return answer.interval !== null && meets(assertion, answer.interval) ? "shaken" : "overturned";
}
