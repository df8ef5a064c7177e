/** The API's memory over many mixed requests: what it keeps of them is bounded. 20,000 in the full run. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { type Cluster, freePort, startApiProcess, startCluster } from "../faults/processes.ts";

const REQUESTS = count(400, 20_000);
/** Before the first look: code is compiled and caches fill. */
const WARM = count(300, 4_000);
const MOST_GROWTH_MB = 100;
const AT_ONCE = 8;

let cluster: Cluster;
let api: Awaited<ReturnType<typeof startApiProcess>>;
beforeAll(async () => {
  cluster = await startCluster();
  api = await startApiProcess(cluster.appUrl, await freePort());
});
afterAll(async () => {
  api?.child.kill("SIGTERM");
  await api?.ended;
  await cluster?.[Symbol.asyncDispose]();
});

const filter = (i: number) => `filter: {year: {min: ${1000 + (i % 3000)}}}`;
/** Each `i` is another question: what answers are remembered by is never the same twice. */
const ASKED: readonly ((i: number) => string)[] = [
  (i) => `{ leaderboard(suite: "many-shot-linear", first: 20, ${filter(i)}) { nodes { rank aggregate } } }`,
  (i) =>
    `{ correlation(x: {measure: "imagenet/imagenet/top1"}, y: {suite: "segmentation"}, ${filter(i)}) { coefficient points { x } } }`,
  (i) => `{ results(first: ${1 + (i % 200)}) { nodes { value method { name } } } }`,
  (i) => `{ search(text: "s${i}", first: 20) { slug } }`,
  (i) => `{ method(slug: "nobody-${i}") { name } }`,
  (i) => `{ a${i}: methods(first: 5) { nodes { slug } } nothing${i} }`,
  (i) => `{ node(id: "${btoa(`Made${i}:up`)}") { id } }`,
  () => "{ this is no query",
];

async function send(from: number, to: number): Promise<void> {
  let next = from;
  const sender = async () => {
    while (next < to) {
      const i = next++;
      const answer =
        i % 10 === 9
          ? await fetch(`${api.url}/badge/${i % 2 ? "swav" : `nobody-${i}`}/many-shot-linear.svg`)
          : await fetch(`${api.url}/graphql`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ query: ASKED[i % ASKED.length]!(i) }),
            });
      await answer.arrayBuffer();
      expect(answer.status).toBeLessThan(500);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

const residentMb = (): number => {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${api.child.pid}/status`, "latin1"));
  return Number(found![1]) / 1024;
};

it.runIf(process.platform === "linux")(
  `grows by less than ${MOST_GROWTH_MB} MB over ${REQUESTS} requests`,
  { timeout: 1_800_000 },
  async () => {
    await send(0, WARM);
    const before = residentMb();
    await send(WARM, WARM + REQUESTS);
    const after = residentMb();
    console.log(`API: ${before.toFixed(0)} MB, after ${REQUESTS} requests ${after.toFixed(0)} MB`);
    expect(after - before).toBeLessThan(MOST_GROWTH_MB);
  },
);
