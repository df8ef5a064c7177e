/** Structured logs, one JSON object a line, without secrets. */
import { type Logger, type LoggerOptions, pino } from "pino";
import type { Env } from "./env.ts";

/**
 * Lines go by process.stdout. Pino's own destination tries a broken pipe again for ever when the process exits, and so kept
 * it alive after whoever read its lines was killed.
 */
const lines = { write: (line: string) => void process.stdout.write(line) };

export function makeLog(level: Env["logLevel"]): Logger {
  const options: LoggerOptions = {
    level,
    base: { service: "api" },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["authorization", "*.authorization", "headers.cookie", "*.secret", "secret", "token", "*.token"],
      censor: "[removed]",
    },
  };
  return pino(options, lines);
}
