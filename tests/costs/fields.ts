/** A question of each field whose cost is more than a look at rows that are there: what `limits` charge, and what it takes. */

export interface Costly {
  /** For the table: "`correlation`, Kendall, bootstrap". */
  readonly name: string;
  /** Another `i` is another question, so that no answer is remembered. */
  readonly query: (i: number) => string;
}

const filter = (i: number) => `filter: {year: {min: ${1800 + i}}}`;
const X = 'x: {measure: "imagenet/imagenet/top1"}, y: {suite: "many-shot-linear"}';

const bootstrap = (coefficient: string): Costly => ({
  name: `correlation, ${coefficient}, interval: BOOTSTRAP`,
  query: (i) =>
    `{ correlation(${X}, coefficient: ${coefficient}, interval: BOOTSTRAP, ${filter(i)}) { interval { lower } } }`,
});

const matrix = (coefficient: string): Costly => ({
  name: `correlationMatrix of 40 variables, ${coefficient}`,
  query: (i) => {
    const suites = ["many-shot-linear", "few-shot-kornblith", "segmentation", "detection-frozen"];
    const variables = Array.from({ length: 40 }, (_, at) => `{suite: "${suites[at % 4]}"}`).join(", ");
    return `{ correlationMatrix(variables: [${variables}], coefficient: ${coefficient}, ${filter(i)}) { coefficients pValues adjustedPValues intervals { lower } } }`;
  },
});

export const COSTLY: readonly Costly[] = [
  bootstrap("PEARSON"),
  bootstrap("SPEARMAN"),
  bootstrap("KENDALL"),
  matrix("PEARSON"),
  matrix("SPEARMAN"),
  matrix("KENDALL"),
  {
    name: "correlation with points, regression and band",
    query: (i) =>
      `{ correlation(${X}, ${filter(i)}) { points { method { slug } x y } regression { slope band(points: 200) { lower } } } }`,
  },
  {
    name: "correlation, withoutFamily",
    query: (i) => `{ correlation(${X}, ${filter(i)}) { withoutFamily { family coefficient } } }`,
  },
  {
    name: "predictors with errorInterval",
    query: (i) =>
      `{ predictors(of: {suite: "many-shot-linear"}, ${filter(i)}) { predictors(first: 10) { error errorInterval { lower } } } }`,
  },
  {
    name: "predictors",
    query: (i) =>
      `{ predictors(of: {suite: "many-shot-linear"}, ${filter(i)}) { predictors { skill interval { lower } } } }`,
  },
  {
    name: "leaderboard with rankInterval and otherRanks",
    query: (i) =>
      `{ leaderboard(suite: "many-shot-linear", first: 100, ${filter(i)}) { nodes { rank rankInterval { lower } otherRanks { rank } cells { value place } } } }`,
  },
  {
    name: "bestOnMeasures",
    query: (i) =>
      `{ bestOnMeasures(suite: "many-shot-linear", ${filter(i)}) { best { cell { value } } next { cell { value } } } }`,
  },
  {
    name: "compare of four methods",
    query: (i) =>
      `{ compare(methods: ["swav", "byol", "simclr-v2", "moco-v2"], suite: "many-shot-linear", asOf: "2030-01-01T00:00:0${i % 10}Z") { duels { wins pValue } rows { cells { value } } } }`,
  },
  {
    name: "method with standings",
    query: () => '{ method(slug: "swav") { standings { rank rankAmongAll suite { slug } } } }',
  },
  {
    name: "methodGroups",
    query: (i) =>
      `{ methodGroups(of: {suite: "many-shot-linear"}, by: {family: true}, ${filter(i)}) { groups { mean median } } }`,
  },
  { name: "search", query: (i) => `{ search(text: "sw${i}av", first: 20) { slug } }` },
  {
    name: "changes with effects",
    query: (i) => `{ changes(first: ${10 + (i % 10)}) { nodes { effects { before after } } } }`,
  },
];
