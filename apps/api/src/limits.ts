/** What one request may cost. One table, so that documentation, refusals and tests speak of the same numbers. */

export const LIMITS = {
  /** Nesting of fields. */
  depth: 12,
  /** Aliased fields in one operation, fragments counted where they are spread. */
  aliases: 30,
  /** Directives on one operation. */
  directives: 30,
  /** Tokens of the document. */
  tokens: 2_000,
  /** Cost as complexity counts it: fields times the sizes of the lists they are in. */
  cost: 100_000,
  /** Bytes of a GraphQL request's body. */
  graphqlBytes: 1_500_000,
  /** How deep objects and lists may lie in each other in a request's body: variables are a few levels. */
  nesting: 64,
  /** Bytes of an upload to POST /submissions. */
  uploadBytes: 5_000_000,
  /** Root fields of one operation. */
  rootFields: 20,
} as const;

export const COST = {
  field: 1,
  /** What a list without a page size is taken to hold. */
  list: 10,
  defaultPage: 50,
  maxPage: 200,
} as const;
