/**
 * What happens to a request before it is resolved, in this order: its limits, which cost nothing, then the token that
 * came with it, so that nobody believes to be known. And the HTTP status where it is not GraphQL-over-HTTP's own: 401
 * for a token that does not hold, 503 where the database is gone.
 */
import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError } from "graphql";
import type { Context } from "../context.ts";
import { isUnavailable } from "../database/unavailable.ts";
import { CallerError } from "../errors.ts";
import { UNAVAILABLE } from "./format-error.ts";
import { checkLimits } from "./limits.ts";

async function checkToken(context: Context): Promise<void> {
  try {
    await context.viewer();
  } catch (error) {
    if (error instanceof CallerError) {
      const extensions = { code: error.code, http: { status: 401 } };
      throw new GraphQLError(error.message, { originalError: error, extensions });
    }
    if (isUnavailable(error)) {
      const extensions = { code: "UNAVAILABLE", http: { status: 503 } };
      throw new GraphQLError(UNAVAILABLE, { originalError: error as Error, extensions });
    }
    throw error;
  }
}

export const guard: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, document, request, schema, contextValue }) {
        if (!operation) return;
        const variables = request.variables ?? {};
        checkLimits({ operation, document, variables, schema, context: contextValue });
        await checkToken(contextValue);
      },
      async willSendResponse({ response }) {
        if (response.body.kind !== "single") return;
        const { errors } = response.body.singleResult;
        if (errors?.some(({ extensions }) => extensions?.code === "UNAVAILABLE")) {
          response.http.status = 503;
          response.http.headers.set("retry-after", "2");
        }
      },
    };
  },
};
