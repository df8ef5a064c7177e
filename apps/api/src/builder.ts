/** The Pothos builder: which plugins, which defaults, which scalars. Types and fields are added by the modules. */
import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import DataloaderPlugin from "@pothos/plugin-dataloader";
import ErrorsPlugin from "@pothos/plugin-errors";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import ValidationPlugin from "@pothos/plugin-validation";
import type PrismaTypes from "@transferboard/prisma/pothos";
import { getDatamodel } from "@transferboard/prisma/pothos";
import { type GraphQLSchema, isObjectType } from "graphql";
import type { Context } from "./context.ts";
import { BadInput, NotAuthorized } from "./errors.ts";
import { COST } from "./limits.ts";
import { scopeOf } from "./modules/account/rules.ts";
import type { Scope } from "./modules/account/scopes.ts";

export interface SchemaTypes {
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  AuthScopes: { scope: Scope };
  Connection: { totalCount: number | (() => Promise<number>) };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string | number };
  };
}

/** Prisma's codes for: not found, out of the type's range, not of the column's type (an id that is no UUID). */
const NO_SUCH_ROW = new Set(["P2025", "P2020", "P2023", "P2007"]);

const isNoSuchRow = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && NO_SUCH_ROW.has(error.code);

/** Whether a name is of a type that has global ids. */
function isNodeType(schema: GraphQLSchema, name: string): boolean {
  const type = schema.getType(name);
  return isObjectType(type) && type.getInterfaces().some((one) => one.name === "Node");
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [
    ErrorsPlugin,
    ScopeAuthPlugin,
    ComplexityPlugin,
    RelayPlugin,
    PrismaPlugin,
    DataloaderPlugin,
    ValidationPlugin,
  ],
  defaultFieldNullability: false,
  prisma: {
    client: (context) => context.db.prisma,
    dmmf: getDatamodel(),
    maxConnectionSize: COST.maxPage,
    onUnusedQuery: null,
  },
  relay: {
    nodeQueryOptions: {
      description: "Any object by its global id; null where there is none.",
      args: { id: { description: "The global id." } },
      // A row that is not there, and an id that no row could have, are null and no fault of ours.
      resolve: async (_root, { id }, _context, info, resolveNode) => {
        // Of a kind that nothing here is.
        if (!isNodeType(info.schema, id.typename)) return null;
        try {
          return await resolveNode(id);
        } catch (error) {
          if (isNoSuchRow(error)) return null;
          throw error;
        }
      },
    },
    nodesQueryOptions: false,
    cursorType: "String",
    nodesOnConnection: { description: "The items of this page, without their cursors." },
    defaultEdgeTypeOptions: { description: "An item with its cursor." },
    hasNextPageFieldOptions: { description: "Whether more follows." },
    hasPreviousPageFieldOptions: { description: "Whether something comes before." },
    startCursorFieldOptions: { description: "The cursor of the first item; null on an empty page." },
    endCursorFieldOptions: { description: "The cursor of the last item, to go on after." },
    nodesFieldOptions: { description: "The items of this page, without their cursors.", nullable: false },
    edgesFieldOptions: { description: "The items of this page." },
    nodeFieldOptions: { description: "The item." },
    cursorFieldOptions: { description: "Where to go on after this item." },
    pageInfoFieldOptions: { description: "Where this page lies." },
    idFieldOptions: { description: "Its global id." },
    nodeTypeOptions: { description: "Whatever has a global id." },
    pageInfoTypeOptions: { description: "Where a page lies in its list." },
  },
  // The limits are checked before anything is resolved (graphql/limits.ts); here the fields only say what they cost.
  complexity: { disabled: true, defaultComplexity: COST.field, defaultListMultiplier: COST.list },
  errors: { directResult: true, defaultTypes: [] },
  scopeAuth: {
    authScopes: async (context) => {
      const viewer = await context.viewer();
      if (viewer) held.set(context, viewer.scopes);
      return { scope: (scope) => viewer?.can(scope) ?? false };
    },
    unauthorizedError: (_parent, context, info) => unauthorized(info.fieldName, context),
  },
  validation: {
    validationError: ({ issues }) =>
      new BadInput(
        issues
          .map(({ path, message }) => `${path?.map(String).join(".") || "The input"}: ${message}.`)
          .join(" "),
      ),
  },
});

/** The scopes of a request's token, once it was looked up. */
const held = new WeakMap<Context, readonly Scope[]>();

/** Told by what came: nothing, or a token with too little. */
function unauthorized(field: string, context: Context): NotAuthorized {
  const needed = scopeOf(field) ?? "READ";
  const scopes = held.get(context);
  const found = scopes === undefined ? "none came" : `this one has ${scopes.join(", ")}`;
  return new NotAuthorized(`'${field}' needs a token with the scope ${needed}; ${found}.`);
}

builder.mutationType({ description: "What can be changed, by those who may." });
builder.queryType({ description: "What can be read. Reading needs no token." });

builder.scalarType("DateTime", {
  description: "A moment, as ISO 8601 with a time zone: 2026-01-31T12:00:00Z.",
  serialize: (value) => value.toISOString(),
  parseValue: (value) => parseMoment(value),
});

builder.scalarType("JSON", {
  description: "Any JSON value.",
  serialize: (value) => value,
  parseValue: (value) => value,
});

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** @throws BadInput on anything but a full moment: a date without a zone means another instant in every place. */
export function parseMoment(value: unknown): Date {
  const moment = typeof value === "string" && ISO.test(value) ? new Date(value) : null;
  if (!moment || Number.isNaN(moment.getTime())) {
    throw new BadInput("A DateTime is written like 2026-01-31T12:00:00Z, with its time zone.");
  }
  const year = moment.getUTCFullYear();
  if (year >= 1 && year <= 9999) return moment;
  throw new BadInput("A DateTime lies in the years 1 to 9999.");
}

builder.globalConnectionFields((t) => ({
  totalCount: t.int({
    description: "How many there are in the whole list.",
    resolve: ({ totalCount }) => (typeof totalCount === "function" ? totalCount() : totalCount),
  }),
}));
