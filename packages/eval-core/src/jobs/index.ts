/** What makes this machine a worker: where jobs come from, the loop over them, and the weights that are here. */
export { type CheckpointFiles, checkpointFiles, type FindOptions } from "./checkpoint-files.ts";
export { type Collected, type CollectOptions, collectArtefacts } from "./collect.ts";
export { RefusedError, ServerError } from "./http-client.ts";
export { type HttpSourceOptions, httpSource } from "./http-source.ts";
export { type LeaseArtefacts, PART_BYTES } from "./lease-artefacts.ts";
export { type Handled, type Handlers, handlersOn, type RecordCall, remoteStore } from "./record-calls.ts";
export { databaseSource, type JobSource, type Lease, leaseOf } from "./source.ts";
export { databaseStore, type Standing, type Store } from "./store.ts";
export {
  beatSent,
  finishSent,
  giveBackSent,
  leaseAsked,
  missingAsked,
  recordSent,
  uploadFinished,
  WORK_PATH,
} from "./wire.ts";
export { Cancelled, type JobInHand, type WorkOptions, work } from "./work.ts";
