/**
 * Talking to whoever runs the command: results go to standard output, everything else to standard error, so that
 * `--json` can be piped. Progress is a bar on a terminal, and now and then a line anywhere else.
 */
import type { Progress, Step } from "../evaluations/progress.ts";

export { duration, type Step, timed } from "../evaluations/progress.ts";

const BAR_WIDTH = 24;
/** A shorter bar says nothing. */
const LEAST_BAR = 6;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 10_000;

/** What is said goes to standard error. */
export interface Terminal extends Progress {
  /** A result on standard output. */
  print(text: string): void;
}

export function makeTerminal(quiet: boolean): Terminal {
  const bars = process.stderr.isTTY === true && !quiet;
  const say = (sentence: string) => {
    if (!quiet) process.stderr.write(`${sentence}\n`);
  };
  return {
    say,
    print: (text) => process.stdout.write(`${text}\n`),
    step: (title) => (bars ? barStep(title) : lineStep(title, say)),
  };
}

/** Where whatever is said goes elsewhere, line by line. */
export const terminalOver = (say: (line: string) => void): Terminal => ({
  say,
  print: say,
  step: (title) => lineStep(title, say),
});

/**
 * One line of at most `columns`: a longer one would wrap, and redrawing clears only the last row of it. The bar gives
 * way first, then the note's end.
 */
export function barLine(title: string, done: number, total: number, note: string, columns: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const told = `${done}/${total}${note === "" ? "" : `  ${note}`}`;
  const width = Math.min(BAR_WIDTH, columns - title.length - told.length - 4);
  const filled = Math.round(share * width);
  const bar = width < LEAST_BAR ? [] : ["█".repeat(filled) + "░".repeat(width - filled)];
  const line = [title, ...bar, told].join("  ");
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

function barStep(title: string): Step {
  let drawn = 0;
  return {
    update(done, total, note = "") {
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done < total) return;
      drawn = now;
      // The last column stays free: some terminals wrap when it is written.
      const columns = (process.stderr.columns || 80) - 1;
      process.stderr.write(`\r\x1b[2K${barLine(title, done, total, note, columns)}`);
    },
    end(sentence) {
      process.stderr.write(`\r\x1b[2K${sentence === undefined ? "" : `${title}: ${sentence}\n`}`);
    },
  };
}

function lineStep(title: string, say: (sentence: string) => void): Step {
  let said = performance.now();
  return {
    update(done, total, note = "") {
      if (performance.now() - said < LINE_EVERY_MS) return;
      said = performance.now();
      say(`${title}: ${done}/${total} ${note}`.trimEnd());
    },
    end(sentence) {
      if (sentence !== undefined) say(`${title}: ${sentence}`);
    },
  };
}
