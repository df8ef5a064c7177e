/** How fine-tuning's progress reads: the estimate before it starts, then loss, accuracy and time left. */
import type { FinetuneProgress } from "../../evaluations/many-shot-finetune/record.ts";
import { duration, type Step, type Terminal } from "../terminal.ts";

export function finetuneTeller(
  title: string,
  terminal: Pick<Terminal, "say">,
  step: Step,
): (progress: FinetuneProgress) => void {
  return (progress) => {
    switch (progress.phase) {
      case "estimate":
        return terminal.say(
          `${title}: a step takes ${progress.secondsPerStep.toFixed(2)} s, all of them about ${duration(progress.seconds)}`,
        );
      case "diverged":
        return terminal.say(
          `${title}: configuration ${progress.configuration + 1} stopped: ${progress.reason}`,
        );
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
