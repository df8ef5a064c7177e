/**
 * The number of SQL statements of each query is fixed: a row for every field of Query, and none missing. `first` is asked
 * where nothing was read of the ledger as it stands, `then` is another question of the same kind, `changed` the first
 * one again after something else was written: what was read of the ledger is not read again.
 */
import { schema } from "@transferboard/api/schema";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { inputOf, makeSubmission, SUBMIT } from "./submissions.ts";

interface Row {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** The same kind of question, with more in it. */
  readonly other: Record<string, unknown>;
  /** Statements of the three questions. */
  readonly costs: readonly [first: number, then: number, changed: number];
  readonly token?: true;
  /** Nothing has the id that is asked for: looking for it is what costs. */
  readonly absent?: true;
}

const BOARD = `query ($suite: String!, $first: Int) { leaderboard(suite: $suite, first: $first) {
  suite { measures { dataset { title } } } columns { best fingerprints } rankedCount
  edges { rank node { method { name pretraining { epochs } } aggregate complete missing { slug } otherRanks { rank }
    cells { value interval { lower } provenance source differentProtocol place protocol { title } } } } } }`;

const LEDGER = `query ($first: Int) { results(first: $first, orderBy: { field: VALUE, direction: DESC }) { totalCount
  nodes { value method { slug } measure { slug } protocol { title } checkpoint { name } } } }`;

const MATRIX = `query ($variables: [VariableInput!]!, $coefficient: Coefficient!) {
  correlationMatrix(variables: $variables, coefficient: $coefficient) { coefficients counts variables { unit } } }`;

const CORRELATION = `query ($x: VariableInput!, $y: VariableInput!) { correlation(x: $x, y: $y, interval: BOOTSTRAP,
    given: { suite: "segmentation" }) { n coefficient interval { lower } points { method { slug } x } excluded { reason }
  withoutFamily { coefficient } partial { coefficient } } }`;

const COMPARE = `query ($methods: [String!]!) { compare(methods: $methods) { rows { measure { slug }
  cells { value place differentProtocol protocol { title } } } } }`;

const METHOD = `query ($slug: String!) { method(slug: $slug) { name checkpoints { name } standings { rank suite { slug } }
  results(first: 5) { nodes { value } } } }`;

const DATASETS = "query ($first: Int) { datasets(first: $first) { totalCount nodes { slug title } } }";

const globalId = (type: string, id: string | number) => Buffer.from(`${type}:${id}`).toString("base64");
const IMAGENET = { measure: "imagenet/imagenet/top1" };
const NOBODY = "00000000-0000-7000-8000-000000000000";

let api: Api;
let token: string;
let fingerprints: readonly string[];
/** Two pending submissions: of a few values in one suite, and of many in all. */
let offered: readonly string[];
let retracted = 100n;
beforeAll(async () => {
  api = await startApi();
  token = await makeToken(api, "reads and submits", ["READ", "SUBMIT"]);
  const protocols = await api.database.client.protocol.findMany({ orderBy: { title: "asc" } });
  // The use of a token is recorded once in a while.
  await api.ask("{ viewer { account { name } } }", { token });
  fingerprints = protocols.map(({ fingerprint }) => fingerprint);
  const checkpoint = { name: "mine", sha256: "ab".repeat(32) };
  const { measures } = await api
    .read('{ suite(slug: "overview") { measures { slug } } }')
    .then((data) => data.suite);
  const values = measures.map(({ slug }: { slug: string }) => ({ measure: slug, value: 0.5 }));
  offered = await Promise.all(
    [makeSubmission({ checkpoint }), makeSubmission({ checkpoint, values })].map(offer),
  );
});
async function offer(body: object, i: number): Promise<string> {
  const input = inputOf(body, { idempotencyKey: `offer-${i}` });
  const { submitResults } = await api.read(SUBMIT, { variables: { input }, token });
  return submitResults.submission.id;
}
afterAll(() => api.stop());

/** Every question begins with where the ledger stands: one statement. With a token comes another: whose it is. */
const ROWS: Readonly<Record<string, () => Row>> = {
  // Remembered for what was asked before. The list reads the spellings, the rows and how many.
  architectures: () => ({ query: "{ architectures }", variables: {}, other: {}, costs: [2, 1, 2] }),
  checkpoints: () => ({
    query:
      'query ($first: Int) { checkpoints(first: $first, architecture: "resnet50") { totalCount nodes { name architecture method { slug } } } }',
    variables: { first: 2 },
    other: { first: 200 },
    costs: [4, 4, 4],
  }),
  // The entries of the suite: their protocols come with them.
  bestOnMeasures: () => ({
    query:
      "query ($suite: String!) { bestOnMeasures(suite: $suite) { measure { slug } best { method { slug } cell { value } } } }",
    variables: { suite: "segmentation" },
    other: { suite: "overview" },
    costs: [2, 2, 1],
  }),
  changes: () => ({
    query:
      "query ($first: Int) { changes(first: $first) { nodes { kind at methods { slug } measures { slug } } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [2, 2, 2],
  }),
  dataset: () => ({
    query: "query ($slug: String!) { dataset(slug: $slug) { title measures { slug } } }",
    variables: { slug: "dtd" },
    other: { slug: "pets" },
    costs: [1, 1, 1],
  }),
  domains: () => ({ query: "{ domains }", variables: {}, other: {}, costs: [1, 1, 1] }),
  methodGroups: () => ({
    query:
      "query ($of: VariableInput!) { methodGroups(by: { family: true }, of: $of) { groups { key n mean methods { slug } } } }",
    variables: { of: { suite: "segmentation" } },
    other: { of: { suite: "overview" } },
    costs: [2, 2, 1],
  }),
  predictors: () => ({
    query:
      "query ($of: VariableInput!) { predictors(of: $of) { leftOut predictors { skill n variable { slug } errorInterval { lower } } } }",
    variables: { of: { suite: "segmentation" } },
    other: { of: { suite: "many-shot-linear" } },
    costs: [2, 1, 1],
  }),
  // The rows; how many; their entries and their runs.
  protocols: () => ({
    query:
      "query ($first: Int) { protocols(first: $first) { totalCount nodes { title resultCount runCount } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [5, 5, 5],
  }),
  runs: () => ({
    query:
      "query ($first: Int) { runs(first: $first) { totalCount nodes { state checkpoint { name } protocol { title } } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [4, 4, 4],
  }),
  search: () => ({
    query: "query ($text: String!) { search(text: $text) { kind slug title path } }",
    variables: { text: "linear" },
    other: { text: "swav" },
    costs: [1, 1, 1],
  }),
  // The entries of these methods; the protocols of their cells.
  compare: () => ({
    query: COMPARE,
    variables: { methods: ["swav", "byol"] },
    other: { methods: ["swav", "byol", "pirl", "infomin"] },
    costs: [3, 3, 2],
  }),
  // The entries of the measures.
  correlation: () => ({
    query: CORRELATION,
    variables: { x: IMAGENET, y: { suite: "surface-normals" } },
    other: { x: IMAGENET, y: { suite: "overview" } },
    costs: [2, 2, 1],
  }),
  correlationMatrix: () => ({
    query: MATRIX,
    variables: { variables: [IMAGENET, { suite: "detection-finetune" }], coefficient: "SPEARMAN" },
    other: {
      variables: ["imagenet", "many-shot-finetune", "few-shot-cdfsl", "few-shot-cdfsl-50"].map((suite) =>
        suite === "imagenet" ? IMAGENET : { suite },
      ),
      coefficient: "KENDALL",
    },
    costs: [2, 2, 1],
  }),
  datasets: () => ({ query: DATASETS, variables: { first: 2 }, other: { first: 200 }, costs: [1, 1, 1] }),
  evaluation: () => ({
    query: "query ($id: ID!) { evaluation(id: $id) { state } }",
    variables: { id: NOBODY },
    other: { id: NOBODY },
    costs: [1, 1, 1],
    absent: true,
  }),
  // The entries of the suite; the protocols of its cells.
  leaderboard: () => ({
    query: BOARD,
    variables: { suite: "many-shot-linear", first: 2 },
    other: { suite: "many-shot-linear", first: 14 },
    costs: [3, 2, 2],
  }),
  measures: () => ({
    query:
      "query ($first: Int) { measures(first: $first) { totalCount nodes { slug dataset { title } metric { unit } } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [1, 1, 1],
  }),
  // Checkpoints; the ids and the rows of its entries; what all standings are made of.
  method: () => ({
    query: METHOD,
    variables: { slug: "swav" },
    other: { slug: "byol" },
    costs: [5, 4, 4],
  }),
  methods: () => ({
    query:
      "query ($first: Int) { methods(first: $first) { totalCount nodes { name pretraining { epochs } } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [1, 1, 1],
  }),
  node: () => ({
    query:
      "query ($id: ID!) { node(id: $id) { id ... on Result { value method { name } checkpoint { name } } } }",
    variables: { id: globalId("Result", 1) },
    other: { id: globalId("Result", 2) },
    costs: [3, 3, 3],
  }),
  protocol: () => ({
    query: "query ($fingerprint: String!) { protocol(fingerprint: $fingerprint) { title body } }",
    variables: { fingerprint: fingerprints[0] },
    other: { fingerprint: fingerprints[1] },
    costs: [2, 2, 2],
  }),
  // One a protocol.
  protocolDiff: () => ({
    query: `query ($left: String!, $right: String!) { protocolDiff(left: $left, right: $right) {
      left { title } differences { path left right } } }`,
    variables: { left: fingerprints[0], right: fingerprints[1] },
    other: { left: fingerprints[1], right: fingerprints[2] },
    costs: [3, 3, 3],
  }),
  // The ids of the page, its rows, their checkpoints, their protocols; how many there are in all.
  results: () => ({ query: LEDGER, variables: { first: 2 }, other: { first: 200 }, costs: [6, 6, 6] }),
  run: () => ({
    query: "query ($id: ID!) { run(id: $id) { state } }",
    variables: { id: globalId("Run", NOBODY) },
    other: { id: globalId("Run", NOBODY) },
    costs: [2, 2, 2],
    absent: true,
  }),
  claim: () => ({
    query: "query ($id: ID!) { claim(id: $id) { text } }",
    variables: { id: NOBODY },
    other: { id: NOBODY },
    costs: [2, 1, 2],
  }),
  // Of a board the ledger is read besides, once for each position.
  jsonLd: () => ({
    query: "query ($dataset: String) { jsonLd(dataset: $dataset) }",
    variables: { dataset: "dtd" },
    other: { dataset: "cars" },
    costs: [1, 1, 1],
  }),
  // Nothing is watched here; each claim that is behind the ledger costs its question's statements besides.
  claims: () => ({
    query: "query ($state: ClaimState) { claims(state: $state) { text } }",
    variables: { state: "HOLDING" },
    other: { state: "SHAKEN" },
    costs: [6, 6, 6],
  }),
  // The submission, who offered it, its audit events and the entries that it became; what it would change, by the entries of
  // its suites and by its method's; what may be wrong: its weights, all entries that numbers are plausible by, and whether
  // the ledger has its values already. Before all that, as everywhere: the token, its account, where the ledger stands.
  submission: () => ({
    query: `query ($id: ID!) { submission(id: $id) { status submitter warnings { place message } timeline { action }
      changes { suite { slug measures { slug } } before after } } }`,
    variables: { id: offered[0] },
    other: { id: offered[1] },
    costs: [12, 10, 9],
    token: true,
  }),
  submissions: () => ({
    query: "query ($first: Int) { submissions(first: $first) { totalCount nodes { status submitter } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [6, 6, 6],
    token: true,
  }),
  suite: () => ({
    query: "query ($slug: String!) { suite(slug: $slug) { title measures { slug metric { unit } } } }",
    variables: { slug: "overview" },
    other: { slug: "segmentation" },
    costs: [1, 1, 1],
  }),
  suites: () => ({
    query: "query ($first: Int) { suites(first: $first) { nodes { title measures { slug } } } }",
    variables: { first: 2 },
    other: { first: 200 },
    costs: [1, 1, 1],
  }),
  explain: () => ({
    query:
      'query ($measure: String!) { explain(method: "swav", measure: $measure, mine: { value: 50 }) { sentence } }',
    variables: { measure: "imagenet/imagenet/top1" },
    other: { measure: "many-shot-linear/pets/mean-per-class-accuracy" },
    costs: [3, 4, 1],
  }),
  findings: () => ({
    query: "query ($first: Int!) { findings(first: $first) { totalCount } }",
    variables: { first: 2 },
    other: { first: 3 },
    costs: [4, 1, 3],
  }),
  pairs: () => ({
    query: "query ($suite: String!) { pairs(suite: $suite) { __typename } }",
    variables: { suite: "segmentation" },
    other: { suite: "overview" },
    costs: [3, 2, 1],
  }),
  predictions: () => ({
    query: "query ($run: ID!) { predictions(run: $run) { sha256 } }",
    variables: { run: globalId("Run", NOBODY) },
    other: { run: globalId("Run", NOBODY) },
    costs: [2, 2, 2],
    absent: true,
  }),
  significance: () => ({
    query:
      'query ($b: String!) { significance(a: "swav", b: $b, measure: "imagenet/imagenet/top1") { pValue } }',
    variables: { b: "byol" },
    other: { b: "pirl" },
    costs: [3, 2, 2],
    absent: true,
  }),
  viewer: () => ({
    query: "{ viewer { account { name } } }",
    variables: {},
    other: {},
    costs: [4, 4, 4],
    token: true,
  }),
};

it("there is a row for every query", () => {
  // A forecast is computed by a thread of its own: how it is asked for is tested beside it.
  const counted = Object.keys(schema.getQueryType()!.getFields()).filter(
    (name) => name !== "forecast" && name !== "ghosts",
  );
  expect(Object.keys(ROWS).sort()).toEqual(counted.sort());
});

async function takesItsStatements(field: string): Promise<void> {
  const row = ROWS[field]!();
  const cost = async (variables: Record<string, unknown>) => {
    api.statements.length = 0;
    const { errors } = await api.ask(row.query, { variables, ...(row.token && { token }) });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(row.absent ? ["NOT_FOUND"] : undefined);
    return api.statements.length;
  };
  // The ledger moves on, so that nothing that was read of it is known.
  const accountId = (await api.database.client.account.findFirstOrThrow()).id;
  await api.database.client.retraction.create({
    data: { resultId: retracted++, accountId, reason: `Before ${field}.` },
  });
  const first = await cost(row.variables);
  const then = await cost(row.other);
  await api.database.client.account.create({ data: { name: `anybody after ${field}` } });
  expect([first, then, await cost(row.variables)]).toEqual(row.costs);
}

it.each(Object.keys(ROWS).filter((field) => field !== "submission"))("%s", takesItsStatements);

// Its warnings read the columns of all measures, its changes those of its suites: on a busy machine the second may ask first,
// and the first then reads the rest in a statement of its own.
it("submission", { retry: 1 }, () => takesItsStatements("submission"));

it("a matrix that would compute for too long is refused before any statement, and says what to do", async () => {
  api.statements.length = 0;
  const variables = { variables: Array.from({ length: 201 }, () => IMAGENET), coefficient: "KENDALL" };
  const { status, errors } = await api.ask(MATRIX, { variables });
  expect([status, errors?.[0]?.extensions.code]).toEqual([400, "BAD_INPUT"]);
  expect(errors?.[0]?.message).toBe(
    "A matrix of KENDALL takes 1 to 200 variables: found 201. Ask for fewer, or for PEARSON or SPEARMAN.",
  );
  expect(api.statements).toEqual([]);
});
