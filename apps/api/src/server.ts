/** The API as an Express application: everything but an address. It listens nowhere; main.ts and tests do that. */
import { randomUUID } from "node:crypto";
import { expressMiddleware } from "@as-integrations/express5";
import { openContent } from "@transferboard/eval-core/artefacts";
import type { EvaluationQueue } from "@transferboard/prisma";
import express, { type Express, type Request } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import { type Context, once } from "./context.ts";
import type { Database } from "./database/database.ts";
import type { Env } from "./env.ts";
import { cacheAnswers } from "./graphql/answers.ts";
import { makeApollo } from "./graphql/apollo.ts";
import { explorer, explorerFiles } from "./http/explorer.ts";
import { exportRoutes } from "./http/exports/routes.ts";
import { bodyFaults, notFound } from "./http/faults.ts";
import { health } from "./http/health.ts";
import { makeMetrics } from "./http/metrics.ts";
import { nestingWithin } from "./http/nesting.ts";
import { pictureRoutes } from "./http/pictures.ts";
import { predictionRoutes } from "./http/predictions.ts";
import { requirePreflight } from "./http/preflight.ts";
import { cors, rateLimits } from "./http/protection.ts";
import { submissionRoutes } from "./http/submissions.ts";
import { requireUtf8 } from "./http/utf8.ts";
import { Visitors } from "./http/visitors.ts";
import { workRoutes } from "./http/work.ts";
import { LIMITS } from "./limits.ts";
import { authenticate } from "./modules/account/authenticate.ts";
import { Snapshots } from "./modules/catalogue/load.ts";
import { LedgerCache } from "./modules/ledger/cache.ts";
import { PredictionStore } from "./modules/predictions/store.ts";
import { WorkService } from "./modules/work/service.ts";
import { Workers } from "./modules/work/workers.ts";
import { StatisticsPool } from "./statistics/pool.ts";
import { takeTurn } from "./turns.ts";

export interface Deps {
  readonly db: Database;
  readonly queue: EvaluationQueue;
  readonly log: Logger;
  readonly env: Pick<Env, "siteUrl" | "corsOrigins" | "rateLimit" | "trustProxy"> &
    Partial<Pick<Env, "siteSecret" | "artefacts" | "metrics">>;
}

export interface Server {
  readonly app: Express;
  /** Lets running requests end and gives back what is held, the database apart. */
  readonly stop: () => Promise<void>;
}

/** Aborted when the connection closes before the answer was sent. */
function goneSignal(request: Request): AbortSignal {
  const gone = new AbortController();
  request.res?.once("close", () => {
    if (!request.res?.writableFinished) gone.abort(new Error("The asker is gone."));
  });
  return gone.signal;
}

export async function createServer({ db, queue, log, env }: Deps): Promise<Server> {
  const snapshots = new Snapshots(db.sql);
  const ledger = new LedgerCache(db.sql);
  const statistics = new StatisticsPool();
  const content = openContent(env.artefacts ?? {});
  const predictions = new PredictionStore(content);
  const limits = rateLimits(env.rateLimit, new Visitors(env.siteSecret));
  const makeContext = (request: Request): Context => {
    const requestId = randomUUID();
    let ofTheMoment = false;
    return {
      db,
      ledger,
      statistics,
      predictions,
      signal: goneSignal(request),
      charge: (points) => limits.charge(request, points),
      queue: () => {
        ofTheMoment = true;
        return queue;
      },
      isOfTheMoment: () => ofTheMoment,
      requestId,
      log: log.child({ requestId }),
      siteUrl: env.siteUrl,
      authorization: request.headers.authorization,
      snapshot: once(() => snapshots.read()),
      viewer: once(() => authenticate(request.headers.authorization, db)),
    };
  };

  const apollo = makeApollo(log);
  await apollo.start();
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", env.trustProxy);
  app.set("query parser", "simple");
  const metrics = env.metrics ? makeMetrics(db) : null;
  if (metrics) app.use(metrics.watch);
  app.use(helmet());
  metrics?.serve(app);
  app.get("/healthz", health(db));
  // Many workers share one address, and are no visitors: their tokens were given out one by one.
  app.use(
    workRoutes({
      work: new WorkService(db, () => queue, content),
      workers: new Workers(db),
      charge: limits.charge,
    }),
  );
  app.use(cors(env.corsOrigins));
  app.use(limits.handler);
  app.get("/graphql", explorer(env.siteUrl));
  app.use(explorerFiles());
  app.use(
    "/graphql",
    requirePreflight,
    express.json({ limit: LIMITS.graphqlBytes, type: ["application/json"], verify: requireUtf8 }),
    takeTurn,
    nestingWithin(LIMITS.nesting),
    (request, response, next) => {
      response.locals.context = makeContext(request);
      response.set("cache-control", "no-store");
      next();
    },
    cacheAnswers(),
    expressMiddleware(apollo, { context: async ({ res }) => res.locals.context as Context }),
  );
  app.use("/submissions", submissionRoutes(makeContext));
  app.use(takeTurn);
  app.use(exportRoutes(makeContext));
  app.use(pictureRoutes(content, makeContext));
  app.use(predictionRoutes(predictions, makeContext));
  app.use(notFound);
  app.use(bodyFaults(log));
  const stop = async () => {
    await apollo.stop();
    await statistics.close();
  };
  return { app, stop };
}
