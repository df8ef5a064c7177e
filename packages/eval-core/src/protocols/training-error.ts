/** Training that cannot begin or go on, in one sentence. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}
