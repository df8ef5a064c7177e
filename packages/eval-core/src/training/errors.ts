/** Training that cannot go on, in one sentence. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}

/** Arrays or weights that training cannot begin with, in one sentence. */
export class TrainingInputError extends Error {
  override readonly name = "TrainingInputError";
}

/** What lies inside a step found numbers that are none: the run has diverged, as by a loss that is not finite. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
}
