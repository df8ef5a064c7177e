/**
 * The dump's format: gzip of lines. A header, then for each table a line that names it and a line of JSON a row, then
 * a line that says the file is whole. Plain enough to be read in fifty years without this project.
 */

/**
 * Every table, each after those that it refers to. Migrations are the project's own and are applied anew; the queue and
 * the plans of its evaluations are no part of the record.
 */
export const tables = [
  "account",
  "setting",
  "metric",
  "dataset",
  "method",
  "pretraining",
  "checkpoint",
  "measure",
  "suite",
  "suite_measure",
  "protocol",
  "alias",
  "submission",
  "submitted_file",
  "run",
  "result",
  "result_origin",
  "retraction",
  "api_token",
  "audit_event",
  "claim",
  "claim_event",
  "claim_progress",
  "finding_decision",
] as const;

export type TableName = (typeof tables)[number];

export interface Header {
  transferboard: "dump";
  version: 1;
  createdAt: string;
  /** The last audit event's hash: what was restored must end with it too. */
  head: string | null;
}

export type Mark = Header | { table: TableName } | { whole: true; rows: number };

export function isHeader(value: unknown): value is Header {
  return typeof value === "object" && value !== null && "transferboard" in value && "version" in value;
}
