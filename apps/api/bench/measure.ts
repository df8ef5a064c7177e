/** The measurements: each a bounded number of requests, each answered as lines for a table. */
import { connect, createToken } from "@transferboard/prisma";
import { load, timed } from "./load.ts";
import {
  boardOf,
  checkSubmitted,
  checkWhole,
  matrix,
  ourBoard,
  peersBoard,
  type Question,
  results,
  submission,
} from "./questions.ts";
import { type Served, serveOurs, servePeer } from "./servers.ts";
import type { Place } from "./warehouse.ts";

export type Line = readonly [what: string, figure: string];
type Say = (line: Line) => void;

const CONNECTIONS = 20;
const REQUESTS = 20_000;
const SECONDS = 10;

const json = (question: Question) => JSON.stringify(question);
const whole = (value: number) => Math.round(value).toLocaleString("en");
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

/** The same order from both, or the comparison compares nothing. */
async function mustAgree(ours: Served, peer: Served, suite: string): Promise<number> {
  const [a, b] = await Promise.all([
    timed(ours.url, ourBoard(suite), 1),
    timed(peer.url, peersBoard(suite), 1),
  ]);
  const [mine, theirs] = [boardOf(a.text), boardOf(b.text)];
  const ranked = mine.filter(({ rank }) => rank > 0);
  if (JSON.stringify(ranked) !== JSON.stringify(theirs.slice(0, ranked.length))) {
    throw new Error(`The two answer '${suite}' differently: ${JSON.stringify([ranked[0], theirs[0]])}.`);
  }
  return ranked.length;
}

async function under(url: string, bodyOf: (index: number) => string) {
  const options = { url, connections: CONNECTIONS, bodyOf, check: checkWhole };
  await load({ ...options, requests: 500, seconds: 3 });
  return load({ ...options, requests: REQUESTS, seconds: SECONDS });
}

/** First 50 of a board at 20 connections, one server after the other: the same question, and one that varies. */
export async function compareBoards(where: string, place: Place, suite: string, say: Say): Promise<void> {
  await using ours = await serveOurs(place.appUrl);
  await using peer = await servePeer(place.appUrl);
  const rows = await mustAgree(ours, peer, suite);
  const mine = await under(ours.url, () => json(ourBoard(suite)));
  // Each year from which methods count is a question of its own, so no whole answer can be remembered.
  const varied = await under(ours.url, (i) => json(ourBoard(suite, 50, { filter: { year: { min: -i } } })));
  const theirs = await under(peer.url, () => json(peersBoard(suite)));
  const head = `${where}, ${suite}, first ${rows}`;
  say([`${head}: requests a second`, whole(mine.perSecond)]);
  say([`${head}: p50, p99`, `${ms(mine.p50Ms)}, ${ms(mine.p99Ms)}`]);
  say([
    `${head}, no question twice: requests a second; p50, p99`,
    `${whole(varied.perSecond)}; ${ms(varied.p50Ms)}, ${ms(varied.p99Ms)}`,
  ]);
  say([
    `${head}: PostGraphile, requests a second; p50, p99`,
    `${whole(theirs.perSecond)}; ${ms(theirs.p50Ms)}, ${ms(theirs.p99Ms)}`,
  ]);
  const ratio = (rate: number) => `${(rate / theirs.perSecond).toFixed(1)}`;
  say([`${head}: ratio; no question twice`, `${ratio(mine.perSecond)}; ${ratio(varied.perSecond)}`]);
}

const cursor = (key: string) => Buffer.from(key).toString("base64url");

/** Every repetition asks for a page of its own, so that what is measured is reading and not remembering. */
export async function comparePages({ appUrl }: Place, size: number, say: Say): Promise<void> {
  await using ours = await serveOurs(appUrl);
  const at = async (share: number) => {
    const took: number[] = [];
    for (let i = 0; i < 21; i++) {
      const after = cursor(String(Math.floor(size * share) + i));
      took.push((await timed(ours.url, results(after), 1)).medianMs);
    }
    return took.sort((a, b) => a - b)[10]!;
  };
  await at(0.5);
  const [first, deep] = [await at(0), await at(0.95)];
  say([`a page of 50 of the ledger: the first; after ${whole(size * 0.95)}`, `${ms(first)}; ${ms(deep)}`]);
  const by = async (field: string, direction: string) => {
    const took: number[] = [];
    for (let i = 0; i < 11; i++) {
      const question = results(null, { field, direction }, 50 - i);
      took.push((await timed(ours.url, question, 1)).medianMs);
    }
    return took.sort((a, b) => a - b)[5]!;
  };
  const [newest, largest] = [await by("POSITION", "DESC"), await by("VALUE", "DESC")];
  say([`a page of the ledger, newest first; largest values first`, `${ms(newest)}; ${ms(largest)}`]);
}

/** Boards of so many measures, no question twice: what the columns of a large suite cost when they are in memory. */
export async function timeWideBoard({ appUrl }: Place, count: number, say: Say): Promise<void> {
  await using ours = await serveOurs(appUrl);
  const suite = `generated-${count}`;
  const cold = await timed(ours.url, ourBoard(suite), 1);
  checkWhole(cold.text);
  const varied = await under(ours.url, (i) => json(ourBoard(suite, 50, { filter: { year: { min: -i } } })));
  say([
    `a board of ${count} measures: at first; no question twice, requests a second; p50, p99`,
    `${ms(cold.medianMs)}; ${whole(varied.perSecond)}; ${ms(varied.p50Ms)}, ${ms(varied.p99Ms)}`,
  ]);
}

/** The longest that a board of twelve measures took, asked again and again until `work` is done. */
async function longestMeanwhile<T>(url: string, work: Promise<T>): Promise<{ done: T; longestMs: number }> {
  let longestMs = 0;
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  for (let i = 0; !over; i++) {
    const question = ourBoard("generated-12", 5, { filter: { year: { min: -i } } });
    longestMs = Math.max(longestMs, (await timed(url, question, 1)).medianMs);
  }
  return { done: await done, longestMs };
}

export async function timeMatrix({ appUrl }: Place, count: number, say: Say): Promise<void> {
  for (const coefficient of ["PEARSON", "SPEARMAN"]) await timeOneMatrix(appUrl, count, coefficient, say);
}

async function timeOneMatrix(appUrl: string, count: number, coefficient: string, say: Say): Promise<void> {
  // A server of its own, so that each is measured from the first reading on.
  await using ours = await serveOurs(appUrl);
  const { text } = await timed(
    ours.url,
    { query: `{ suite(slug: "generated-${count}") { measures { slug } } }` },
    1,
  );
  const measures = (JSON.parse(text).data.suite.measures as { slug: string }[]).map(({ slug }) => slug);
  await timed(ours.url, ourBoard("generated-12", 5), 1);
  const cold = await timed(ours.url, matrix(measures, coefficient), 1);
  checkWhole(cold.text);
  // Another order of the measures is another question over the same entries.
  const asking = timed(ours.url, matrix(measures.toReversed(), coefficient), 1);
  const { done: warm, longestMs } = await longestMeanwhile(ours.url, asking);
  const again = await timed(ours.url, matrix(measures, coefficient), 3);
  say([
    `correlation matrix of ${measures.length} measures, ${coefficient}: at first; another order; the same again`,
    [cold, warm, again].map(({ medianMs }) => ms(medianMs)).join("; "),
  ]);
  say([`${coefficient}: the longest that a board took while the other order was computed`, ms(longestMs)]);
}

const SUBMITTERS = 50;
const SUBMISSIONS = 2_000;

export async function timeSubmitters({ appUrl, ownerUrl }: Place, say: Say): Promise<void> {
  const owner = connect(ownerUrl, { role: null, poolSize: 2 });
  const tokens: string[] = [];
  try {
    for (let i = 0; i < SUBMITTERS; i++) {
      const expiresAt = new Date(Date.now() + 3_600_000);
      const made = await createToken(owner, {
        account: `bench-${i}`,
        name: "bench",
        scopes: ["SUBMIT"],
        expiresAt,
      });
      tokens.push(made.token);
    }
  } finally {
    await owner.$disconnect();
  }
  await using ours = await serveOurs(appUrl);
  const sent = await load({
    url: ours.url,
    connections: SUBMITTERS,
    requests: SUBMISSIONS,
    seconds: 60,
    bodyOf: submission,
    headersOf: (i) => ({ authorization: `Bearer ${tokens[i % SUBMITTERS]}` }),
    check: checkSubmitted,
  });
  say([
    `${SUBMITTERS} submitters at once: submissions a second; p50, p99`,
    `${whole(sent.perSecond)}; ${ms(sent.p50Ms)}, ${ms(sent.p99Ms)}`,
  ]);
}
