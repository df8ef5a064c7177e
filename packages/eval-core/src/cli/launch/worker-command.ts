/** The command line of the workers that a launcher starts: the options that it was given for them, handed on. */
export interface WorkerShape {
  /** The API that they work for; the database unless named. Its token is in the environment, never on a command line. */
  readonly server?: string | undefined;
  readonly checkpoints: string;
  readonly data?: string | undefined;
  readonly cache?: string | undefined;
  readonly device?: string | undefined;
  readonly threads?: string | undefined;
  /** MiB that one evaluation may take. */
  readonly memory?: string | undefined;
}

/** `worker` and its options, as arguments. */
export function workerArguments(shape: WorkerShape, flags: readonly string[]): string[] {
  const { server, checkpoints, data, cache, device, threads, memory } = shape;
  const given = Object.entries({ server, checkpoints, data, cache, device, threads, memory });
  return [
    "worker",
    ...given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...flags,
  ];
}

/** One argument as a POSIX shell reads it. */
export const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
