/**
 * The HTTP status of an answer: 503 where the database is gone, 401 where a token does not hold; GraphQL-over-HTTP
 * says the rest. A token that came is checked before anything is resolved, so that nobody believes to be known.
 */
import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError } from "graphql";
import type { Context } from "../context.ts";
import { isUnavailable } from "../database/unavailable.ts";
import { CallerError } from "../errors.ts";
import { UNAVAILABLE } from "./format-error.ts";

export const statusPlugin: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async responseForOperation({ contextValue }) {
        try {
          await contextValue.viewer();
        } catch (error) {
          if (error instanceof CallerError) {
            throw new GraphQLError(error.message, {
              originalError: error,
              extensions: { code: error.code, http: { status: 401 } },
            });
          }
          if (isUnavailable(error)) {
            throw new GraphQLError(UNAVAILABLE, {
              originalError: error as Error,
              extensions: { code: "UNAVAILABLE", http: { status: 503 } },
            });
          }
          throw error;
        }
        return null;
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
