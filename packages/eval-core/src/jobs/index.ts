/** What makes this machine a worker: the loop over the queue, and the weights that are here. */
export { type CheckpointFiles, checkpointFiles, type FindOptions } from "./checkpoint-files.ts";
export { Cancelled, type WorkOptions, work } from "./work.ts";
