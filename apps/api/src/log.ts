/** Structured logs, one JSON object a line, without secrets. */
import { type Logger, pino } from "pino";
import type { Env } from "./env.ts";

export function makeLog(level: Env["logLevel"]): Logger {
  return pino({
    level,
    base: { service: "api" },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["authorization", "*.authorization", "headers.cookie", "*.secret", "secret", "token", "*.token"],
      censor: "[removed]",
    },
  });
}
