/** Ctrl-C and SIGTERM: the first stops after what is at hand, the second at once. */
import { EXIT } from "./exit-codes.ts";

const interruption = new AbortController();

function interrupt(): void {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
  process.stderr.write("\nStopping after what is at hand; what is done is kept. Again to stop at once.\n");
}

/** To be called once, by the process of the command. @returns aborted by the first signal */
export function watchSignals(): AbortSignal {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
  return interruption.signal;
}

/** SIGTERM means something else to this command, every time that it comes; Ctrl-C stays what it is. */
export function onSigtermInstead(handler: () => void): void {
  process.off("SIGTERM", interrupt);
  process.on("SIGTERM", handler);
}
