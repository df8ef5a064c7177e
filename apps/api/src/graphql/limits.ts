/**
 * Refuses what would cost too much, before any resolver or statement: depth, aliases, directives, root fields, and
 * cost with the page sizes of the request's variables. (Tokens are counted by the parser, bytes by Express.)
 */
import { complexityFromQuery } from "@pothos/plugin-complexity";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { Context } from "../context.ts";
import { COST, LIMITS, pointsOf } from "../limits.ts";

export interface Measured {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Measured = { depth: 0, aliases: 0, directives: 0 };

/** What an operation spreads to. A fragment is measured once and counted wherever it is spread. */
export function measure(operation: OperationDefinitionNode, document: DocumentNode): Measured {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Measured>();

  const ofFragment = (name: string): Measured => {
    const before = known.get(name);
    if (before) return before;
    known.set(name, NOTHING);
    const fragment = fragments.get(name);
    const result = fragment ? ofSet(fragment.selectionSet) : NOTHING;
    known.set(name, result);
    return result;
  };

  const ofSet = (set: SelectionSetNode | undefined): Measured => {
    let { depth, aliases, directives } = NOTHING;
    for (const selection of set?.selections ?? []) {
      directives += selection.directives?.length ?? 0;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : ofSet(selection.selectionSet);
      const isField = selection.kind === Kind.FIELD;
      if (isField && selection.alias) aliases += 1;
      depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
      aliases += inner.aliases;
      directives += inner.directives;
    }
    return { depth, aliases, directives };
  };

  const whole = ofSet(operation.selectionSet);
  return { ...whole, directives: whole.directives + (operation.directives?.length ?? 0) };
}

function refuse(what: string, found: number, most: number): never {
  throw new GraphQLError(
    `The request has ${what} ${found}: at most ${most} is allowed. Ask for less at once.`,
    {
      extensions: { code: "LIMIT_EXCEEDED", http: { status: 400 } },
    },
  );
}

/** Introspection is deep by nature and cheap: it is held to the tokens and the aliases alone. */
export const isIntrospection = ({ selectionSet }: OperationDefinitionNode) =>
  selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith("__"),
  );

export interface Operation {
  readonly operation: OperationDefinitionNode;
  readonly document: DocumentNode;
  readonly variables: Record<string, unknown>;
  readonly schema: GraphQLSchema;
  readonly context: Context;
}

/** @throws GraphQLError with the status 400. */
export function checkLimits({ operation, document, variables, schema, context }: Operation): void {
  const { depth, aliases, directives } = measure(operation, document);
  if (aliases > LIMITS.aliases) refuse("an alias count of", aliases, LIMITS.aliases);
  if (directives > LIMITS.directives) refuse("a directive count of", directives, LIMITS.directives);
  if (isIntrospection(operation)) return;
  if (depth > LIMITS.depth) refuse("a depth of", depth, LIMITS.depth);
  const roots = operation.selectionSet.selections.length;
  if (roots > LIMITS.rootFields) refuse("a root field count of", roots, LIMITS.rootFields);
  // What GraphQL refuses of the variables, it will say itself.
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return;
  const { complexity } = complexityFromQuery(document, {
    schema,
    ctx: context,
    variables,
    ...(operation.name && { operationName: operation.name.value }),
  });
  if (complexity > LIMITS.cost) refuse("a cost of", complexity, LIMITS.cost);
  const changes = operation.operation === "mutation" ? roots * COST.mutation : 0;
  context.charge(pointsOf(complexity + changes) - 1);
}
