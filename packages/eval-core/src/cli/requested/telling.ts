/** A terminal whose steps are told to the queue too: what is done, how much of it, how long the rest takes. */
import type { JobProgress } from "@transferboard/prisma";
import type { Terminal } from "../terminal.ts";

/** More often, nobody looks. */
const EVERY_MS = 1_000;

/** @param tell at most once a second for each step, and at its end */
export function telling(terminal: Terminal, tell: (progress: JobProgress) => void): Terminal {
  return {
    ...terminal,
    step(title) {
      const step = terminal.step(title);
      let first: { readonly done: number; readonly at: number } | undefined;
      let told = Number.NEGATIVE_INFINITY;
      return {
        update(done, total, note) {
          step.update(done, total, note);
          const now = performance.now();
          first ??= { done, at: now };
          if (now - told < EVERY_MS && done < total) return;
          told = now;
          const made = done - first.done;
          // What was made since the first word, at the rate since then; what a cache had before it says nothing.
          const left = made > 0 ? ((total - done) * (now - first.at)) / 1000 / made : undefined;
          const what = title.slice(0, 300);
          tell({ what, done, total, ...(left === undefined ? {} : { secondsLeft: Math.max(0, left) }) });
        },
        end: (sentence) => step.end(sentence),
      };
    },
  };
}
