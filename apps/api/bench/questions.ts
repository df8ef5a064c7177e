/** What is asked in the benchmark, of us and of the peer, and what must be in an answer for it to count. */

export interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const BOARD = `query Board($suite: String!, $first: Int!, $after: String, $filter: BoardFilter) {
  leaderboard(suite: $suite, first: $first, after: $after, filter: $filter) {
    edges { rank node { method { slug name } aggregate } } pageInfo { hasNextPage endCursor } } }`;

const PEER_BOARD = `query Board($suite: String!, $first: Int!) {
  benchBoard(board: $suite, first: $first) {
    edges { node { rank slug name aggregate } } pageInfo { hasNextPage endCursor } } }`;

export const ourBoard = (suite: string, first = 50, more: object = {}): Question => ({
  query: BOARD,
  variables: { suite, first, ...more },
});

export const peersBoard = (suite: string, first = 50): Question => ({
  query: PEER_BOARD,
  variables: { suite, first },
});

export const results = (after: string | null, orderBy: object | null = null, first = 50): Question => ({
  query: `query ($after: String, $orderBy: ResultOrder, $first: Int) { results(first: $first, after: $after, orderBy: $orderBy) {
    nodes { value provenance method { slug } measure { slug } } pageInfo { hasNextPage endCursor } } }`,
  variables: { after, orderBy, first },
});

export const matrix = (measures: readonly string[], coefficient: string): Question => ({
  query: `query ($variables: [VariableInput!]!, $coefficient: Coefficient!) {
    correlationMatrix(variables: $variables, coefficient: $coefficient) { coefficients } }`,
  variables: { variables: measures.map((measure) => ({ measure })), coefficient },
});

const SUBMIT = `mutation ($input: SubmitResultsInput!) { submitResults(input: $input) { __typename
  ... on SubmitResultsPayload { submission { id } } } }`;

/** The body of a submission: each of one value, of a method of its own. */
export const submission = (i: number): string => {
  const content = {
    method: { slug: `bench-${i}`, name: `Bench ${i}`, family: "OTHER", year: 2026 },
    source: "https://example.org/bench",
    values: [{ measure: "segmentation/ade20k/mean-iou", value: 0.2 + (i % 1000) / 10_000 }],
  };
  const input = { idempotencyKey: `bench-${i}`, content: JSON.stringify(content) };
  return JSON.stringify({ query: SUBMIT, variables: { input } });
};

export function checkSubmitted(text: string): void {
  if (!text.includes('"SubmitResultsPayload"')) throw new Error(`Not submitted: ${text.slice(0, 300)}`);
}

interface Row {
  readonly rank: number;
  readonly slug: string;
}

/** Either's answer as the same thing. */
export function boardOf(text: string): Row[] {
  const { data, errors } = JSON.parse(text);
  if (errors) throw new Error(`An answer has errors: ${JSON.stringify(errors).slice(0, 500)}`);
  const edges = (data.leaderboard ?? data.benchBoard).edges as {
    rank?: number;
    node: { rank?: number | string; slug?: string; method?: { slug: string } };
  }[];
  return edges.map(({ rank, node }) => ({
    rank: Number(rank ?? node.rank),
    slug: node.slug ?? node.method?.slug ?? "",
  }));
}

/** Cheap enough to run on every answer under load. */
export function checkWhole(text: string): void {
  if (!text.startsWith('{"data"') || text.includes('"errors"')) {
    throw new Error(`An answer is not whole: ${text.slice(0, 300)}`);
  }
}
