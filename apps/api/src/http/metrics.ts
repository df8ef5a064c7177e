/**
 * What an operator watches, as Prometheus reads it: requests and latencies by route, the queue's depth and how long its
 * oldest job has waited, where the ledger stands, and the process itself. Off unless METRICS=on: who may see the API need
 * not see how busy it is.
 */
import { ledgerPosition, queueName, queueSchema } from "@transferboard/prisma";
import type { Express, RequestHandler } from "express";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Database } from "../database/database.ts";

/** Seconds: a healthy answer takes under 0.1, and what takes over 5 was cut off. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Paths that are counted under their own name: any other is "other", so that nobody can make series without end. */
const ROUTES = [
  ...["/healthz", "/graphql", "/submissions", "/export", "/bibtex", "/badge", "/feeds"],
  ...["/pictures", "/predictions", "/missed", "/metrics", "/work"],
];

export const routeOf = (path: string): string =>
  ROUTES.find((route) => path === route || path.startsWith(`${route}/`)) ?? "other";

interface QueueRow {
  readonly state: string;
  readonly jobs: number;
  /** Seconds since the oldest was made. */
  readonly oldest: number;
}

/** Of the jobs that are not over. Empty while nothing was ever asked for: the queue's tables are made on first use. */
async function queueRows({ sql }: Pick<Database, "sql">): Promise<readonly QueueRow[]> {
  const [table] = await sql<{ made: boolean }>("select to_regclass($1) is not null as made", [
    `${queueSchema}.job`,
  ]);
  if (!table?.made) return [];
  return sql<QueueRow>(
    `select state::text as state, count(*)::int as jobs,
            extract(epoch from now() - min(created_on))::float8 as oldest
       from ${queueSchema}.job
      where name = $1 and state < 'completed'
      group by state`,
    [queueName],
  );
}

export interface Metrics {
  /** Counts and times every request that passes it: stands before all routes. */
  readonly watch: RequestHandler;
  /** Serves GET /metrics. */
  readonly serve: (app: Express) => void;
}

export function makeMetrics(db: Pick<Database, "sql" | "prisma">): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: "transferboard_http_requests_total",
    help: "Requests that were answered, by route, method and status.",
    labelNames: ["route", "method", "status"] as const,
    registers,
  });
  const seconds = new Histogram({
    name: "transferboard_http_request_seconds",
    help: "Seconds from a request's arrival to the end of its answer, by route.",
    labelNames: ["route"] as const,
    buckets: BUCKETS,
    registers,
  });
  const position = new Gauge({
    name: "transferboard_ledger_position",
    help: "The event of the last result that was recorded or retracted.",
    registers,
  });
  const jobs = new Gauge({
    name: "transferboard_queue_jobs",
    help: "Evaluations that are not over, by state: created and retry wait, active are worked on.",
    labelNames: ["state"] as const,
    registers,
  });
  const oldest = new Gauge({
    name: "transferboard_queue_oldest_seconds",
    help: "Seconds since the oldest evaluation in that state was asked for.",
    labelNames: ["state"] as const,
    registers,
  });
  const up = new Gauge({
    name: "transferboard_database_up",
    help: "1 while the database answers: the ledger's and the queue's figures are then of now.",
    registers,
  });

  async function readDatabase(): Promise<void> {
    try {
      const standing = await ledgerPosition(db.prisma);
      const rows = await queueRows(db);
      position.set(Number(standing.position));
      for (const state of ["created", "retry", "active"]) {
        const row = rows.find((one) => one.state === state);
        jobs.set({ state }, row?.jobs ?? 0);
        oldest.set({ state }, row?.oldest ?? 0);
      }
      up.set(1);
    } catch {
      // The figures of before would look like those of now.
      up.set(0);
      position.reset();
      jobs.reset();
      oldest.reset();
    }
  }

  const watch: RequestHandler = (request, response, next) => {
    const route = routeOf(request.path);
    const end = seconds.startTimer({ route });
    response.once("close", () => {
      end();
      const status = response.writableFinished ? String(response.statusCode) : "gone";
      requests.inc({ route, method: METHODS.has(request.method) ? request.method : "other", status });
    });
    next();
  };
  const serve = (app: Express) =>
    void app.get("/metrics", async (_request, response) => {
      await readDatabase();
      response.set({ "content-type": registry.contentType, "cache-control": "no-store" });
      response.send(await registry.metrics());
    });
  return { watch, serve };
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "OPTIONS"]);
