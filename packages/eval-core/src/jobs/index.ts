/** What makes this machine a worker: where jobs come from, the loop over them, and the weights that are here. */
export { type CheckpointFiles, checkpointFiles, type FindOptions } from "./checkpoint-files.ts";
export { databaseSource, type JobSource, type Lease } from "./source.ts";
export { databaseStore, type Standing, type Store } from "./store.ts";
export { Cancelled, type JobInHand, type WorkOptions, work } from "./work.ts";
