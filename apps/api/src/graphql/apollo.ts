/** Apollo Server over our schema: limits before anything is resolved, errors as format-error.ts says. */
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import type { Logger } from "pino";
import type { Context } from "../context.ts";
import { LIMITS } from "../limits.ts";
import { schema } from "../schema.ts";
import { formatError } from "./format-error.ts";
import { guard } from "./guard.ts";

export function makeApollo(log: Logger): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    formatError: (formatted, error) => formatError(formatted, error, log),
    logger: {
      debug: (message) => log.debug(String(message)),
      info: (message) => log.info(String(message)),
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It wraps every resolver to sum up ages that no field of ours has.
      ApolloServerPluginCacheControlDisabled(),
      guard,
    ],
  });
}
