/** Records of evaluations into the database, and where they stand. The only room below the command that knows it. */
export { artefactsNamed, namedAmong, requireArtefacts, whileNobodyRecords } from "./artefacts.ts";
export { type Board, type BoardCell, type BoardRow, boardOf } from "./board.ts";
export { WarehouseError } from "./errors.ts";
export { publishedValues, recordedValues, recordWithCompanions } from "./evaluations.ts";
export { openFindings } from "./findings.ts";
export { type Recorded, recordEvaluation } from "./record.ts";
export type {
  CheckpointToRecord,
  CompanionToRecord,
  DatasetToRecord,
  EvaluationToRecord,
  JsonObject,
  MethodToRecord,
  ProtocolToRecord,
  RunToRecord,
  ValueToRecord,
} from "./records.ts";
export { cancelRun, failRun, type RecordedRun, recordedRuns, refusalOf, startRun } from "./runs.ts";
export type { Guard } from "./transaction.ts";
