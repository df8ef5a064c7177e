/** Training: one loop, one grid search, one resume store, one pooled loader; tasks plug in. */
export { BucketedOrder } from "./buckets.ts";
export { Curves, type RecordedCurves, recorded } from "./curve.ts";
export { DivergedError, TrainingError, TrainingInputError } from "./errors.ts";
export { graphFlops } from "./flops.ts";
export { finishedConfigurations, searchGrid, type Tried } from "./grid.ts";
export { LoaderPool, type Recipe } from "./loader.ts";
export { expectFinished, type LoopOptions, type StepProgress, type TrainingOutcome, train } from "./loop.ts";
export { ResumeStore, type SavedTensors } from "./resume.ts";
export { restoredStream, STREAM_NAMES, type StreamName, streamOf } from "./streams.ts";
export type { BatchSource, Between, Feeds, Json, TrainingNetwork, TrainingTask } from "./task.ts";
export { partFor, type Rates, type StepResult, Trainer, type TrainerOptions } from "./trainer.ts";
export { hashOfWeights } from "./weights-hash.ts";
