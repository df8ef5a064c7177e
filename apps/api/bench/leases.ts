/**
 * `npm run bench -- leases`: simulated workers lease and finish jobs over loopback through the API, in a process of its own, while
 * boards are asked. Aim at 200 workers: 500 jobs a second, p99 of a lease under 200 ms, boards under 100 ms, on 2 cores.
 */
import { Agent } from "node:http";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { connect, createToken, openQueue } from "@transferboard/prisma";
import { post, quantile } from "./load.ts";
import { checkWhole, ourBoard } from "./questions.ts";
import { serveOurs } from "./servers.ts";
import { startWarehouses } from "./warehouse.ts";

const { values } = parseArgs({
  options: {
    // 200@200: 200 workers whose jobs last 200 ms; without it they end as soon as they begin.
    workers: { type: "string", default: "10,50,200@200,200,1000" },
    jobs: { type: "string", default: "10000" },
  },
});
const crews = values.workers.split(",").map((crew) => {
  const [workers = Number.NaN, jobMs = 0] = crew.split("@").map(Number);
  return { workers, jobMs };
});
const jobs = Number(values.jobs);
if (
  ![jobs, ...crews.map(({ workers }) => workers)].every((count) => Number.isInteger(count) && count > 0) ||
  !crews.every(({ jobMs }) => jobMs >= 0)
) {
  console.error("--workers must be whole numbers above 0 such as 10,200 or 200@50, and --jobs one.");
  process.exit(2);
}
/** Between two boards: somebody who reads. */
const BOARD_EVERY_MS = 50;

const OUTCOME = { state: "DONE", runs: [], notes: [] };

/** As many requests as there are to be jobs, put into the queue as they are sent, many at once. */
async function fill(ownerUrl: string, appUrl: string): Promise<string> {
  const owner = connect(ownerUrl, { role: null, poolSize: 1 });
  const queue = openQueue(appUrl);
  try {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const made = await createToken(owner, { account: "bench", name: "bench", scopes: ["WORK"], expiresAt });
    const { id } = await owner.account.findFirstOrThrow({ where: { name: "bench" } });
    const request = {
      ...{ method: "supervised", mode: "converged" as const, preprocessing: "shorter-32" },
      ...{ checkpoint: "a".repeat(64), target: { suite: "many-shot-linear" }, requestedById: id },
    };
    await queue.send({ ...request, seed: 0 });
    // pg-boss's own row, as often as it takes.
    await owner.$executeRawUnsafe(
      `insert into pgboss.job (name, data, retry_limit, expire_seconds, heartbeat_seconds, keep_until, policy)
       select name, jsonb_set(data, '{seed}', to_jsonb(i)), retry_limit, expire_seconds, heartbeat_seconds, keep_until, policy
       from pgboss.job, generate_series(1, $1::int) i where name = 'evaluations'`,
      jobs - 1,
    );
    await owner.$executeRawUnsafe("analyze pgboss.job");
    return made.token;
  } finally {
    await queue.close();
    await owner.$disconnect();
  }
}

interface Times {
  readonly lease: number[];
  readonly finish: number[];
  readonly board: number[];
}

/** All jobs, by so many workers; answers what took how long, and how long all of it. @param jobMs how long a job lasts */
async function drain(
  workers: number,
  jobMs: number,
): Promise<Times & { readonly seconds: number; readonly taken: number }> {
  await using places = await startWarehouses(10_000, () => undefined);
  const { appUrl, ownerUrl } = places.generated;
  const token = await fill(ownerUrl, appUrl);
  await using served = await serveOurs(appUrl);
  const base = served.url.replace(/\/graphql$/, "");
  const headers = { authorization: `Bearer ${token}` };
  const times: Times = { lease: [], finish: [], board: [] };
  const agent = new Agent({ keepAlive: true, maxSockets: workers });
  const reader = new Agent({ keepAlive: true, maxSockets: 1 });
  const clocked = async (into: number[], url: string, body: object, by = agent) => {
    const began = performance.now();
    const text = await post(url, by, JSON.stringify(body), headers);
    into.push(performance.now() - began);
    return text;
  };
  const taken = new Set<string>();
  let isOver = false;
  /** One job; false where none waits any more. */
  const once = async (): Promise<boolean> => {
    const { lease } = JSON.parse(await clocked(times.lease, `${base}/work/leases`, { waitSeconds: 0 }));
    if (lease === null) return false;
    if (taken.has(lease.id)) throw new Error(`The job ${lease.id} was given twice.`);
    taken.add(lease.id);
    if (jobMs > 0) await new Promise((resolve) => setTimeout(resolve, jobMs));
    const at = `${base}/work/leases/${lease.id}/${lease.attempt}/finish`;
    const { held } = JSON.parse(await clocked(times.finish, at, { outcome: OUTCOME }));
    if (!held) throw new Error(`The job ${lease.id} was lost.`);
    return true;
  };
  const work = async () => {
    while (await once());
  };
  const read = async () => {
    for (let i = 0; !isOver; i++) {
      const question = ourBoard("generated-12", 50, { filter: { year: { min: -i } } });
      checkWhole(await clocked(times.board, served.url, question, reader));
      await new Promise((resolve) => setTimeout(resolve, BOARD_EVERY_MS));
    }
  };
  // The board's columns are in memory, as they are on a server that is read.
  checkWhole(await clocked([], served.url, ourBoard("generated-12")));
  // Nor is the queue opened, and every worker is connected.
  await Promise.all(Array.from({ length: workers }, once));
  times.lease.length = 0;
  times.finish.length = 0;
  const reading = read();
  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    isOver = true;
  }
  const seconds = (performance.now() - began) / 1000;
  await reading;
  agent.destroy();
  reader.destroy();
  return { ...times, seconds, taken: taken.size };
}

const span = (took: number[]) => {
  took.sort((a, b) => a - b);
  return `${quantile(took, 0.5).toFixed(0)} / ${quantile(took, 0.99).toFixed(0)}`;
};

console.log(
  `${jobs} jobs on ${availableParallelism()} cores, Node ${process.versions.node}: API, Postgres and workers.\n`,
);
console.log("| workers | jobs a second | lease p50 / p99 ms | finish p50 / p99 ms | boards p50 / p99 ms |");
console.log("|---|---|---|---|---|");
for (const { workers, jobMs } of crews) {
  const { lease, finish, board, seconds, taken } = await drain(workers, jobMs);
  if (taken !== jobs) throw new Error(`${taken} of ${jobs} jobs were done.`);
  console.log(
    `| ${workers}${jobMs > 0 ? `, jobs of ${jobMs} ms` : ""} | ${(finish.length / seconds).toFixed(0)} | ${span(lease)} | ${span(finish)} | ${span(board)} |`,
  );
}
