/**
 * What leaves the house when something fails: the caller's own mistakes in words, everything else as a fixed message
 * with an id under which the log has the rest. No stack, no SQL, no path.
 */
import { randomUUID } from "node:crypto";
import { unwrapResolverError } from "@apollo/server/errors";
import { PothosValidationError } from "@pothos/core";
import { StatisticsError } from "@transferboard/eval-core/stats";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { isTimeout, TOO_SLOW, unavailability } from "../database/unavailable.ts";
import { CallerError } from "../errors.ts";

/** What GraphQL itself says of a request: its words are about the request alone. */
const REQUEST_CODES = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "PERSISTED_QUERY_NOT_FOUND",
  "LIMIT_EXCEEDED",
]);

function callersError(original: unknown): CallerError | null {
  if (original instanceof CallerError) return original;
  // Relay's plugin, of an id that is none; its own words name our types.
  if (original instanceof PothosValidationError) {
    return new CallerError(
      "BAD_INPUT",
      "This is no global id of anything here: use an id as it was answered.",
    );
  }
  if (original instanceof StatisticsError) return new CallerError("BAD_INPUT", original.message);
  return null;
}

export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  const { message, locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const original = unwrapResolverError(error);
  const mistake = callersError(original) ?? callersError(nested(original));
  if (mistake) {
    return { message: mistake.message, ...place, extensions: { code: mistake.code, ...mistake.details } };
  }
  const away = unavailability(original);
  if (away !== null) {
    log.warn({ err: original }, "the database cannot be reached, or is full");
    return { message: away, ...place, extensions: { code: "UNAVAILABLE" } };
  }
  if (isTimeout(original)) {
    log.warn({ err: original, path }, "a statement took too long");
    return { message: TOO_SLOW, ...place, extensions: { code: "TIMEOUT" } };
  }
  const code = formatted.extensions?.code;
  if (typeof code === "string" && REQUEST_CODES.has(code)) return { message, ...place, extensions: { code } };
  const id = randomUUID();
  log.error({ err: original, errorId: id, path }, "a request failed");
  return {
    message: `Something went wrong on our side. It is logged as ${id}.`,
    ...place,
    extensions: { code: "INTERNAL_SERVER_ERROR", errorId: id },
  };
}

const nested = (error: unknown): unknown => (error instanceof GraphQLError ? error.originalError : undefined);
