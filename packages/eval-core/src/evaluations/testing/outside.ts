/** The comparisons of a golden that lie outside what is allowed. */
import type { Comparison } from "../comparison.ts";

/** @throws Error when nothing was compared. */
export async function outside(cases: AsyncIterable<Comparison>): Promise<Comparison[]> {
  const wrong: Comparison[] = [];
  let count = 0;
  for await (const one of cases) {
    count++;
    if (!(one.difference <= one.allowed)) wrong.push(one);
  }
  if (count === 0) throw new Error("nothing was compared");
  return wrong;
}
