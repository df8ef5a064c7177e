/** GraphQL bodies made to break something: valid ones with hostile values, mutated, nonsensical, excessive. */
import { readFileSync } from "node:fs";
import { schemaFile } from "@transferboard/api/print-schema";
import fc from "fast-check";
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
} from "graphql";
import { number, text } from "./hostile-values.ts";

const schema = buildSchema(readFileSync(schemaFile, "utf8"));

/** A value for an input of the schema: mostly of its type, so that it reaches what is behind the validation. */
function valueFor(type: GraphQLInputType, depth = 0): fc.Arbitrary<unknown> {
  if (isNonNullType(type))
    return fc.oneof({ weight: 12, arbitrary: valueFor(type.ofType, depth) }, fc.constant(null));
  if (isListType(type)) return fc.array(valueFor(type.ofType, depth), { maxLength: depth > 1 ? 2 : 5 });
  if (isEnumType(type))
    return fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...type.getValues().map(({ name }) => name)) },
      text,
    );
  if (isInputObjectType(type)) {
    if (depth > 3) return fc.constant(null);
    const fields = Object.values(type.getFields()).map(
      (field) => [field.name, valueFor(field.type, depth + 1)] as const,
    );
    const record = fc.record(Object.fromEntries(fields), {
      requiredKeys: fields
        .filter(([name]) => isNonNullType(type.getFields()[name]!.type))
        .map(([name]) => name),
    });
    if (!type.isOneOf) return record;
    return fc.constantFrom(...fields).chain(([name, value]) => value.map((one) => ({ [name]: one })));
  }
  if (!isScalarType(type)) return text;
  switch (type.name) {
    case "Int":
    case "Float":
      return fc.oneof({ weight: 8, arbitrary: number }, text);
    case "Boolean":
      return fc.oneof({ weight: 8, arbitrary: fc.boolean() }, text);
    case "DateTime":
      return fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        text,
      );
    default:
      return fc.oneof({ weight: 8, arbitrary: text }, number, fc.constant({}));
  }
}

/** A query of one root field, its arguments as variables of their types: valid but for the values. */
const asked = (): fc.Arbitrary<{ query: string; variables: Record<string, unknown> }> => {
  const roots = [
    ...Object.values(schema.getQueryType()!.getFields()).map((field) => ({ kind: "query", field })),
    ...Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ({
      kind: "mutation",
      field,
    })),
  ];
  return fc.constantFrom(...roots).chain(({ kind, field }) => {
    const declared = field.args.map(({ name, type }: GraphQLArgument) => `$${name}: ${type}`).join(", ");
    const passed = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
    const query = `${kind}${declared && ` (${declared})`} { ${field.name}${passed && `(${passed})`} { __typename ${INSIDE[field.name] ?? ""} } }`;
    return fc
      .record(Object.fromEntries(field.args.map(({ name, type }) => [name, valueFor(type)])))
      .map((variables) => ({ query, variables: variables as Record<string, unknown> }));
  });
};

/** What is asked inside, so that a list's rows are read and not only its frame. */
const INSIDE: Readonly<Record<string, string>> = {
  results: "totalCount nodes { id value method { slug } checkpoint { name } supersededBy { id } }",
  leaderboard:
    "totalCount edges { rank node { method { slug } aggregate cells { value protocol { title } } } }",
  correlation:
    "n coefficient interval { lower upper } points { x y } withoutFamily { coefficient } partial { coefficient }",
  correlationMatrix: "coefficients counts",
  methods: "totalCount nodes { slug standings { rank } }",
  method: "slug bibtex checkpoints { sha256 }",
  node: "id",
  suite: "slug measures { slug }",
};

const WORDS = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  "!",
  ":",
  "=",
  "@",
  "...",
  "|",
  "&",
  "$x",
  "query",
  "mutation",
  "subscription",
  "fragment",
  "on",
  "leaderboard",
  "results",
  "__typename",
  "__schema",
  "first",
  "suite",
  '"many-shot-linear"',
  '"""',
  "#",
  ",",
  "null",
  "true",
  "-1",
  "1e400",
  "@include(if: true)",
  "@skip(if: $x)",
  "@defer",
  "\ufeff",
  "\u0000",
];
export const nonsense = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ maxLength: 8 })), {
    maxLength: 60,
  })
  .map((words) => words.join(" "));

const VALID = [
  '{ leaderboard(suite: "many-shot-linear", first: 5) { edges { rank node { method { slug } cells { value interval { lower } } } } } }',
  "{ results(first: 3, orderBy: { field: VALUE, direction: DESC }) { nodes { id value } pageInfo { endCursor } } }",
  '{ correlation(x: {measure: "imagenet/imagenet/top1"}, y: {suite: "segmentation"}) { n coefficient points { x } } }',
  "query ($s: String!) { suite(slug: $s) { slug measures { slug } } }",
];

/** A valid document with a stretch of it removed, repeated or replaced. */
export const mutated = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.nat(200),
    fc.nat(12),
    fc.oneof(fc.constant(""), fc.constantFrom(...WORDS), text),
    fc.boolean(),
  )
  .map(([source, at, length, insert, twice]) => {
    const start = at % source.length;
    const cut = source.slice(start, start + length);
    return source.slice(0, start) + (twice ? cut + cut : insert) + source.slice(start + length);
  });

/** Few generators, each of one way to ask for too much. */
const excessive = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.nat(6)).map(([n, kind]) => {
  const many = (make: (i: number) => string, most: number) =>
    Array.from({ length: Math.min(n, most) }, (_, i) => make(i)).join(" ");
  switch (kind) {
    case 0:
      return `${"{ a".repeat(n)} ${"}".repeat(n)}`;
    case 1:
      return `{ ${many((i) => `a${i}: __typename`, 3_000)} }`;
    case 2:
      return `{ __typename ${many(() => "@include(if: true)", 3_000)} }`;
    case 3:
      return `{ ...F0 } ${many((i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`, 60)}`;
    case 4:
      return `query (${many((i) => `$v${i}: Int`, 1_000)}) { __typename }`;
    case 5:
      return `{ suites(after: ${"[".repeat(n)}${"]".repeat(n)}) { totalCount } }`;
    default:
      return `{ ${many((i) => `l${i}: leaderboard(suite: "overview", first: 200) { edges { node { cells { value } } } }`, 40)} }`;
  }
});

const json = (value: unknown) => JSON.stringify(value) ?? "";

export const graphqlBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: asked().map(json) },
  { weight: 2, arbitrary: mutated.map((query) => json({ query, variables: { s: "overview" } })) },
  { weight: 2, arbitrary: nonsense.map((query) => json({ query })) },
  excessive.map((query) => json({ query })),
  fc.json({ maxDepth: 4 }),
  fc.tuple(asked().map(json), fc.nat(400)).map(([body, at]) => body.slice(0, at)),
  asked().map((one) => json([one, one, one])),
  fc
    .record({
      query: fc.oneof(fc.constantFrom(...VALID), fc.jsonValue()),
      variables: fc.jsonValue(),
      operationName: fc.jsonValue(),
      extensions: fc.jsonValue(),
    })
    .map(json),
  fc.integer({ min: 1, max: 50_000 }).map((n) => "[".repeat(n)),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((n) => `{"query":"{ __typename }","variables":${'{"a":'.repeat(n)}1${"}".repeat(n)}}`),
  text,
);
