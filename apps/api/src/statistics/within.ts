/** A request waits for what is computed once a ledger position, but no longer than a request may take. */
import { CallerError } from "../errors.ts";

const LONGEST_WAIT_MS = 8_000;

/**
 * The computation goes on for whoever asks later.
 * @throws CallerError UNAVAILABLE with `late` where it takes longer
 */
export async function withinRequest<T>(promise: Promise<T>, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CallerError("UNAVAILABLE", late)), LONGEST_WAIT_MS);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
