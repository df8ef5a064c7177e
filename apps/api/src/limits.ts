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
  /** Bytes of predictions sent to POST /predictions. */
  predictionBytes: 50_000_000,
  /** Bytes of a picture, sent here or from here. */
  pictureBytes: 2_000_000,
  /** Pixels of a side of a picture that is sent here. */
  pictureSide: 2_048,
  /** Pictures of one submission. */
  pictures: 300,
  /** Bytes of what a worker says of its job. */
  workBytes: 100_000,
  /** Bytes of one part of an artefact. */
  partBytes: 16_777_216,
  /** Bytes of a whole record that a worker sends. */
  recordBytes: 64_000_000,
  /** Root fields of one operation. */
  rootFields: 20,
  /** Evaluations that one token may have waiting or running. */
  evaluationsUnderWay: 10,
} as const;

export const COST = {
  field: 1,
  /** What a list without a page size is taken to hold. */
  list: 10,
  defaultPage: 50,
  maxPage: 200,
  /** 10,000 resamples of a coefficient; ranks are sorted anew each time. */
  bootstrap: { PEARSON: 15_000, SPEARMAN: 25_000, KENDALL: 25_000 },
  /** 2,000 resamples of one predictor's errors. */
  errorInterval: 100,
  /** A request that changes something takes the database's order; each field of it counts. */
  mutation: 1_000,
  /** So much of cost is one point of the rate limit: a plain request is a point, the heaviest a hundred. */
  point: 1_000,
} as const;

/** What a request takes of its sender's minute: a point, and more for what costs more. */
export const pointsOf = (cost: number): number => Math.max(1, Math.ceil(cost / COST.point));
