/**
 * `npm run bench -- scaling`: what a start, a board, a correlation, a page of the ledger and a submission take as the ledger
 * grows. One row a size; docs/scaling.md has the figures and says why they bend where they do.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { connect, createToken } from "@transferboard/prisma";
import { load, timed } from "./load.ts";
import { checkSubmitted, checkWhole, ourBoard, type Question, results, submission } from "./questions.ts";
import { serveOurs } from "./servers.ts";
import { type Place, startWarehouses } from "./warehouse.ts";

const { values } = parseArgs({ options: { results: { type: "string", default: "10000,100000,1000000" } } });
const sizes = values.results.split(",").map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size >= 10_000 && size <= 1_000_000)) {
  console.error("--results must be whole numbers of 10,000 to 1,000,000, such as 10000,100000.");
  process.exit(2);
}

const TIMES = 11;
const SUBMISSIONS = 60;

const correlation = (i: number): Question => ({
  // Each year from which methods count is a question of its own over the same entries.
  query: `query ($filter: BoardFilter) {
    correlation(x: { measure: "many-shot-linear/generated-1/accuracy" }, y: { suite: "generated-12" }, filter: $filter) {
      n coefficient pValue interval { lower upper } } }`,
  variables: { filter: { year: { min: -i } } },
});

/** The ledger grows in both directions: four times as many methods as measures. */
function shapeOf(size: number) {
  const measures = Math.max(60, Math.round(Math.sqrt(size) / 2));
  return { measures, methods: Math.ceil(size / measures) };
}

interface Row {
  readonly results: number;
  readonly startMs: number;
  readonly firstBoardMs: number;
  readonly boardMs: number;
  readonly correlationMs: number;
  readonly firstPageMs: number;
  readonly deepPageMs: number;
  readonly submissionMs: number;
  readonly megabytes: number;
}

const middle = (took: number[]) => took.sort((a, b) => a - b)[Math.floor(took.length / 2)]!;

async function each(url: string, question: (i: number) => Question): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const { medianMs, text } = await timed(url, question(i), 1);
    checkWhole(text);
    took.push(medianMs);
  }
  return middle(took);
}

/** A page after a share of the ledger; every repetition asks for one of its own. */
const page = (url: string, size: number, share: number) =>
  each(url, (i) => results(Buffer.from(String(Math.floor(size * share) + i)).toString("base64url")));

async function submit(url: string, { ownerUrl }: Place): Promise<number> {
  const owner = connect(ownerUrl, { role: null, poolSize: 1 });
  const expiresAt = new Date(Date.now() + 3_600_000);
  const token = await createToken(owner, {
    ...{ account: "bench", name: "bench", expiresAt },
    scopes: ["SUBMIT"],
  }).finally(() => owner.$disconnect());
  const sent = await load({
    ...{ url, connections: 1, requests: SUBMISSIONS, seconds: 120 },
    bodyOf: submission,
    headersOf: () => ({ authorization: `Bearer ${token.token}` }),
    check: checkSubmitted,
  });
  return sent.p50Ms;
}

async function measure(size: number): Promise<Row> {
  await using places = await startWarehouses(
    size,
    (line) => process.stderr.write(`\r  ${size}: ${line}   `),
    shapeOf(size),
  );
  process.stderr.write("\n");
  const { generated } = places;
  const owner = connect(generated.ownerUrl, { role: null, poolSize: 1 });
  const [{ bytes } = { bytes: 0n }] = await owner.$queryRaw<
    { bytes: bigint }[]
  >`select pg_database_size(current_database()) as bytes`.finally(() => owner.$disconnect());
  const began = performance.now();
  await using ours = await serveOurs(generated.appUrl);
  const startMs = performance.now() - began;
  const first = await timed(ours.url, ourBoard("generated-12"), 1);
  checkWhole(first.text);
  return {
    ...{ results: places.results, startMs, firstBoardMs: first.medianMs, megabytes: Number(bytes) / 2 ** 20 },
    boardMs: await each(ours.url, (i) => ourBoard("generated-12", 50, { filter: { year: { min: -i } } })),
    correlationMs: await each(ours.url, correlation),
    firstPageMs: await each(ours.url, (i) => results(null, null, 50 - i)),
    deepPageMs: await page(ours.url, places.results, 0.95),
    submissionMs: await submit(ours.url, generated),
  };
}

const ms = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
console.log(`On ${availableParallelism()} cores, Node ${process.versions.node}; milliseconds, medians.\n`);
console.log(
  "| results | database MiB | start | first board | board | correlation | ledger page | the page after 95% | submission |",
);
console.log("|---|---|---|---|---|---|---|---|---|");
for (const size of sizes) {
  const row = await measure(size);
  const { startMs, firstBoardMs, boardMs, correlationMs, firstPageMs, deepPageMs, submissionMs } = row;
  const took = [startMs, firstBoardMs, boardMs, correlationMs, firstPageMs, deepPageMs, submissionMs].map(ms);
  console.log(`| ${row.results} | ${row.megabytes.toFixed(0)} | ${took.join(" | ")} |`);
}
