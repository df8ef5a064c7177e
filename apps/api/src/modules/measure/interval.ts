/** A 95% interval, as the API answers it. */
import { builder } from "../../builder.ts";

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

export const IntervalType = builder.objectRef<Interval>("Interval").implement({
  description: "A 95% interval, in the unit of its value.",
  fields: (t) => ({
    lower: t.exposeFloat("lower", { description: "Its lower end." }),
    upper: t.exposeFloat("upper", { description: "Its upper end." }),
  }),
});

/** Null unless both ends are known. */
export function intervalOf(lower: number | null, upper: number | null): Interval | null {
  return lower === null || upper === null ? null : { lower, upper };
}
