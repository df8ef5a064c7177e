/** How training and testing on pixels reads: the loss, the share of pixels that are right, the time left. */
import type { StepProgress } from "../../training/index.ts";
import { duration, type Progress } from "../progress.ts";

export interface PixelTeller {
  readonly onStep: (progress: StepProgress) => void;
  readonly onTested: (done: number, total: number) => void;
}

export function pixelTeller(progress: Progress): PixelTeller {
  let [training, testing]: (ReturnType<Progress["step"]> | undefined)[] = [];
  return {
    onStep({ step, steps, values, secondsLeft }) {
      training ??= progress.step("training");
      const right = (100 * values.correct!) / Math.max(1, values.labelled!);
      const note = `${duration(secondsLeft)} left, loss ${values.loss!.toFixed(3)}, ${right.toFixed(0)}% of the pixels`;
      training.update(step, steps, note);
      if (step === steps) training.end(`${steps} steps`);
    },
    onTested(done, total) {
      testing ??= progress.step("test");
      testing.update(done, total);
      if (done === total) testing.end(`${total} images`);
    },
  };
}
