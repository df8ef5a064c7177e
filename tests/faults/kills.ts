/** How often each thing is killed, and what is said of the times that it took to recover. */
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";

/** `KILLS=n` sets the number for all of them, as `npm run bench -- kills` does. */
export const kills = (quick: number, full: number): number => Number(process.env.KILLS ?? count(quick, full));

/** "median 420 ms, longest 800 ms of 100 (...)": all of them, for whoever looks for a pattern. */
export function recoveryTimes(milliseconds: readonly number[]): string {
  const inOrder = milliseconds.map(Math.round).sort((a, b) => a - b);
  const median = inOrder[inOrder.length >> 1];
  const all = milliseconds.map((ms) => `${Math.round(ms)}`).join(", ");
  return `median ${median} ms, longest ${inOrder.at(-1)} ms of ${inOrder.length} (${all})`;
}
