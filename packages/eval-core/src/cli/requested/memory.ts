/** How much of a worker's memory one evaluation may take, unless the worker is told: the rest is the worker's and the system's. */
const SHARE = 0.75;

export const evaluationMemory = (workerBytes: number): number => Math.floor(workerBytes * SHARE);

/** As `--memory` of the worker says it. */
export const mebibytes = (bytes: number): string => String(Math.floor(bytes / 2 ** 20));
