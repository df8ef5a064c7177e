/** How an evaluation says how far it is: to a terminal, a log or nobody. */

export interface Step {
  /** @param note what is worth knowing now, such as a rate; what a narrow terminal cuts off is its end */
  update(done: number, total: number, note?: string): void;
  /** Ends the step with a sentence, or removes it. */
  end(sentence?: string): void;
}

export interface Progress {
  /** A sentence for whoever watches. */
  say(sentence: string): void;
  step(title: string): Step;
}

/** For whoever does not watch. */
export const noProgress: Progress = {
  say() {},
  step: () => ({ update() {}, end() {} }),
};

/** 75 -> "1 min 15 s"; days from two on. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} days ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** A step whose closing sentence says how long it took since its first sign of life. */
export function timed(step: Step): Step {
  let began: number | undefined;
  return {
    update(done, total, note) {
      began ??= performance.now();
      step.update(done, total, note);
    },
    end(sentence) {
      const seconds = began === undefined ? 0 : (performance.now() - began) / 1000;
      step.end(sentence === undefined ? undefined : `${sentence} in ${duration(seconds)}`);
    },
  };
}
