/** Training that cannot go on, in one sentence. */
export class TrainingError extends Error {
  override readonly name: string = "TrainingError";
}

/** Arrays or weights that training cannot begin with, in one sentence. */
export class TrainingInputError extends Error {
  override readonly name = "TrainingInputError";
}

/**
 * The run has diverged: its loss is not finite, or what lies inside a step found numbers that are none. It does so each time
 * that it is run.
 */
export class DivergedError extends TrainingError {
  override readonly name = "DivergedError";
}
