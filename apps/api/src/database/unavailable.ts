/** Errors that are neither our fault nor the caller's, and mend themselves or are mended: Postgres is gone, or full. */

/** Out of disk, and out of memory. */
const FULL = new Set(["53100", "53200"]);
const FULL_WORDS = /no space left on device|could not (extend|write to) file/i;

const SQL_STATES = new Set(["57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"]);
const SYSTEM = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH"]);
/** Prisma's: cannot reach, timed out, closed, too many connections, no connection from the pool, no room for a transaction. */
const PRISMA = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"]);
const WORDS =
  /connection terminated|terminating connection|connection timeout|timeout exceeded when trying to connect|server has closed the connection|database system is (starting up|shutting down)|Can't reach database/i;

export const UNREACHABLE = "The database cannot be reached at the moment. Try again in a few seconds.";
export const NO_ROOM =
  "The database has no room at the moment: nothing of this request was recorded. Try again later.";

/** Of a statement that was ended at its longest time. */
export const TOO_SLOW = "This question takes too long: ask for fewer measures, or narrow the filter.";

/** What to say of an error that another try may not meet; null of all others. */
export function unavailability(error: unknown): string | null {
  if (isFull(error)) return NO_ROOM;
  return isUnavailable(error) ? UNREACHABLE : null;
}

function isFull(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 4) return false;
  const { code, originalCode, message, cause, meta } = error as Record<string, unknown>;
  if ([code, originalCode].some((value) => typeof value === "string" && FULL.has(value))) return true;
  if (typeof message === "string" && FULL_WORDS.test(message)) return true;
  const adapter = typeof meta === "object" && meta !== null ? (meta as Record<string, unknown>) : {};
  return isFull(cause, depth + 1) || isFull(adapter.driverAdapterError, depth + 1);
}

function isUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 4) return false;
  const { code, originalCode, message, cause, meta, name } = error as Record<string, unknown>;
  const codes = [code, originalCode].filter((value) => typeof value === "string");
  if (codes.some((value) => SQL_STATES.has(value) || SYSTEM.has(value) || PRISMA.has(value))) return true;
  if (name === "PrismaClientInitializationError") return true;
  if (typeof message === "string" && WORDS.test(message)) return true;
  const adapter = typeof meta === "object" && meta !== null ? (meta as Record<string, unknown>) : {};
  return isUnavailable(cause, depth + 1) || isUnavailable(adapter.driverAdapterError, depth + 1);
}

/** Whether Postgres cancelled a statement that ran longer than it may. */
export function isTimeout(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 4) return false;
  const { code, originalCode, message, cause, meta } = error as Record<string, unknown>;
  if (code === "57014" || originalCode === "57014") return true;
  if (typeof message === "string" && message.includes("due to statement timeout")) return true;
  const adapter = typeof meta === "object" && meta !== null ? (meta as Record<string, unknown>) : {};
  return isTimeout(cause, depth + 1) || isTimeout(adapter.driverAdapterError, depth + 1);
}
