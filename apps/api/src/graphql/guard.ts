/**
 * What happens to a request before it is resolved, in this order: its limits, which cost nothing, then the token that
 * came with it, so that nobody believes to be known. And the HTTP status where it is not GraphQL-over-HTTP's own: 401
 * for a token that does not hold, 503 where the database is gone.
 */
import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError, type GraphQLFormattedError, type OperationDefinitionNode } from "graphql";
import type { Context } from "../context.ts";
import { unavailability } from "../database/unavailable.ts";
import { CallerError } from "../errors.ts";
import { checkLimits, isIntrospection, type Operation } from "./limits.ts";

/** A caller's mistake that shows before anything is resolved. */
function refuse(error: CallerError, status: number): never {
  const extensions = { code: error.code, ...error.details, http: { status } };
  throw new GraphQLError(error.message, { originalError: error, extensions });
}

/** Counting the cost reads the arguments, and so finds what is wrong with them first. */
function checkCost(operation: Operation): void {
  try {
    checkLimits(operation);
  } catch (error) {
    if (error instanceof CallerError) refuse(error, error.code === "RATE_LIMITED" ? 429 : 400);
    throw error;
  }
}

async function checkToken(context: Context): Promise<void> {
  try {
    await context.viewer();
  } catch (error) {
    if (error instanceof CallerError) refuse(error, 401);
    const away = unavailability(error);
    if (away !== null) {
      const extensions = { code: "UNAVAILABLE", http: { status: 503 } };
      throw new GraphQLError(away, { originalError: error as Error, extensions });
    }
    throw error;
  }
}

/**
 * Where the ledger stands is read before anything else of an answer that may be remembered by it: read later, it could
 * name a change that the answer does not show yet. Where it cannot be read, whoever needs it says so.
 */
async function standFirst(operation: OperationDefinitionNode, context: Context): Promise<void> {
  if (operation.operation !== "query" || isIntrospection(operation)) return;
  await context.snapshot().catch(() => undefined);
}

/** What GraphQL itself finds wrong with a request. Too many tokens are a limit of ours, refused with a 4xx to all. */
const isInvalidRequest = ({ message, extensions }: GraphQLFormattedError) =>
  INVALID.has(String(extensions?.code)) && !/more tha[nt] \d+ tokens/.test(message);

const INVALID = new Set(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"]);

/** What is wrong with a document in thirty places is said once, with all its places. */
function eachOnce(errors: readonly GraphQLFormattedError[]): readonly GraphQLFormattedError[] {
  const kept = new Map<string, GraphQLFormattedError>();
  for (const error of errors) {
    const invalid = INVALID.has(String(error.extensions?.code)) && error.path === undefined;
    const key = invalid ? error.message : `${kept.size}`;
    const before = kept.get(key);
    const locations = [...(before?.locations ?? []), ...(error.locations ?? [])];
    kept.set(key, before ? { ...before, locations } : error);
  }
  return [...kept.values()];
}

/** GraphQL over HTTP: clients of the older media type are told by the body alone, so to them an invalid request is a 200. */
const readsStatus = (accept: string | undefined) =>
  accept?.includes("application/graphql-response+json") ?? false;

export const guard: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, document, request, schema, contextValue }) {
        if (!operation) return;
        const variables = request.variables ?? {};
        checkCost({ operation, document, variables, schema, context: contextValue });
        await checkToken(contextValue);
        await standFirst(operation, contextValue);
      },
      async willSendResponse({ response, request }) {
        if (response.body.kind !== "single") return;
        const { singleResult } = response.body;
        if (singleResult.errors) singleResult.errors = eachOnce(singleResult.errors);
        const { errors } = singleResult;
        if (
          errors?.length &&
          errors.every(isInvalidRequest) &&
          !readsStatus(request.http?.headers.get("accept"))
        ) {
          response.http.status = 200;
        }
        if (errors?.some(({ extensions }) => extensions?.code === "UNAVAILABLE")) {
          response.http.status = 503;
          response.http.headers.set("retry-after", "2");
        }
        const limited = errors?.find(({ extensions }) => extensions?.code === "RATE_LIMITED");
        if (limited) response.http.headers.set("retry-after", String(limited.extensions?.retryAfter ?? 60));
        if (errors?.some(({ extensions }) => extensions?.code === "TIMEOUT")) response.http.status = 422;
      },
    };
  },
};
