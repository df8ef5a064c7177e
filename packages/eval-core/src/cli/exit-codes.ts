/** What the command's exit codes mean, and which error has which. Shown by `transferboard --help`. */
export const EXIT = {
  ok: 0,
  /** Something broke that is nobody's input: a bug, a full disk, a diverged computation. */
  failed: 1,
  usage: 2,
  badInput: 3,
  database: 4,
  device: 5,
  /** The server of the API does not answer, or failed. */
  server: 6,
  /** The server refuses: the token is missing, expired, revoked or made for something else. */
  refused: 7,
  /** A worker was told to stop and gave its job back: start it again where there is room. */
  preempted: 75,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input (checkpoint, image, dataset, features,
submission), 4 database unreachable, 5 device missing or failed, 6 server unreachable, 7 token missing or not
sufficient, 75 a worker returned its job (--until-preempted), 130 interrupted (progress is kept).`;

/** An error whose message is meant for the user as it is. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.badInput) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Errors that the rooms throw for what they were given, by name. */
const CODES: Readonly<Record<string, ExitCode>> = {
  CheckpointError: EXIT.badInput,
  ConformanceError: EXIT.badInput,
  DatasetError: EXIT.badInput,
  FeatureError: EXIT.badInput,
  FewShotError: EXIT.badInput,
  ImageError: EXIT.badInput,
  LinearInputError: EXIT.badInput,
  MetricError: EXIT.badInput,
  NpyError: EXIT.badInput,
  OnnxError: EXIT.badInput,
  ProtocolError: EXIT.usage,
  TrainingError: EXIT.failed,
  DivergedError: EXIT.failed,
  TrainingInputError: EXIT.badInput,
  GraphError: EXIT.badInput,
  DatabaseError: EXIT.database,
  WarehouseError: EXIT.badInput,
  RuntimeError: EXIT.device,
  ServerError: EXIT.server,
  RefusedError: EXIT.refused,
  AbortError: EXIT.interrupted,
};

/** The exit code of an error, and whether its message is a sentence for the user (else it is a bug). */
export function exitCodeOf(error: unknown): { code: ExitCode; expected: boolean } {
  if (error instanceof CommandError) return { code: error.exitCode, expected: true };
  if (!(error instanceof Error)) return { code: EXIT.failed, expected: false };
  const code = CODES[error.name] ?? (error.name.startsWith("PrismaClient") ? EXIT.database : undefined);
  if (code !== undefined) return { code, expected: true };
  const system = (error as NodeJS.ErrnoException).code;
  if (system === "ENOENT" || system === "EACCES" || system === "EISDIR" || system === "ENOTDIR") {
    return { code: EXIT.badInput, expected: true };
  }
  if (system === "ERR_ACCESS_DENIED") return { code: EXIT.badInput, expected: true };
  if (system === "ENOSPC" || system === "EROFS") return { code: EXIT.failed, expected: true };
  return { code: EXIT.failed, expected: false };
}

/** Whether another attempt, or another machine, would end alike. */
export function isFinal(error: unknown): boolean {
  const { code } = exitCodeOf(error);
  return (
    code === EXIT.badInput ||
    code === EXIT.usage ||
    (error instanceof Error && error.name === "DivergedError")
  );
}

/** An error's message as one line; of a database client's page, the line that says what happened. */
export function sentenceOf(error: unknown): string {
  const system = systemSentence(error);
  if (system !== undefined) return system;
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.trim().split(/\s*\n\s*/);
  const isPage = error instanceof Error && error.name.startsWith("PrismaClient");
  return isPage ? `the database failed: ${lines.at(-1)}` : lines.join(" ");
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "no permission",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "is no folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};

/** What the file system said of a path, without its codes. */
function systemSentence(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, resource } = error as NodeJS.ErrnoException & { resource?: string };
  if (code === "ERR_ACCESS_DENIED")
    return `${resource ?? "something"}: an evaluation for others may not touch it`;
  const meaning = code === undefined ? undefined : SYSTEM[code];
  return meaning === undefined || path === undefined ? undefined : `${path}: ${meaning}`;
}
