/** How fine-tuning's progress reads: the estimate before it starts, then loss, accuracy and time left. */
import { duration, type Progress, type Step } from "../progress.ts";
import type { FinetuneProgress } from "./record.ts";

/** The same of one configuration that is trained by itself. */
export function configurationTeller(
  { say }: Pick<Progress, "say">,
  step: Step,
): (progress: FinetuneProgress) => void {
  return (progress) => {
    if (progress.phase === "diverged") return say(`stopped: ${progress.reason}`);
    if (progress.phase !== "search") return;
    const { loss, accuracy } = progress;
    const rightly = accuracy === undefined ? "" : `, ${accuracy.toFixed(0)}% of the batch`;
    step.update(progress.step, progress.steps, `loss ${loss.toFixed(3)}${rightly}`);
  };
}

export function finetuneTeller(
  { say }: Pick<Progress, "say">,
  step: Step,
): (progress: FinetuneProgress) => void {
  return (progress) => {
    switch (progress.phase) {
      case "estimate":
        return say(
          `a step takes ${progress.secondsPerStep.toFixed(2)} s, all of them about ${duration(progress.seconds)}`,
        );
      case "diverged":
        return say(`configuration ${progress.configuration + 1} stopped: ${progress.reason}`);
      case "score":
        return;
      default: {
        const { phase, configuration, configurations, steps, loss, accuracy, secondsLeft } = progress;
        const which = phase === "refit" ? "refit" : `configuration ${configuration + 1} of ${configurations}`;
        const rightly = accuracy === undefined ? "" : `, ${accuracy.toFixed(0)}% of the batch`;
        // What a narrow terminal cuts off is the end.
        const note = `${duration(secondsLeft)} left, ${which}, loss ${loss.toFixed(3)}${rightly}`;
        step.update(configuration * steps + progress.step, (configurations + 1) * steps, note);
      }
    }
  };
}
