/** A machine with weights, a database and a queue, for tests of the worker as a process. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EvaluationQueue, type EvaluationRequest, openQueue } from "@transferboard/prisma";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { onTestFinished } from "vitest";
import { type Started, type Surroundings, start, temporaryFolder } from "./command.ts";

const WEIGHTS = fileURLToPath(new URL("../../packages/eval-core/data/untrained-resnet.pth", import.meta.url));
export const sha256 = createHash("sha256").update(readFileSync(WEIGHTS)).digest("hex");

export interface World {
  readonly database: TestDatabase;
  readonly queue: EvaluationQueue;
  /** A request for the digits by one of the network's protocols. */
  readonly requestOf: (change?: Partial<EvaluationRequest>) => EvaluationRequest;
  /** Asks for it. */
  readonly ask: (change?: Partial<EvaluationRequest>) => Promise<string>;
  readonly worker: (...options: string[]) => Started;
  /** A worker somewhere else, which is not told where the database is, with a cache of its own. */
  readonly workerAt: (place: Surroundings, ...options: string[]) => Started;
  readonly checkpoints: string;
  readonly cache: string;
  /** The batches of features that are kept, and when each was written. */
  readonly features: () => readonly string[];
}

/** A database, a queue and a machine with weights. */
export async function makeWorld(given?: TestDatabase): Promise<World> {
  const database = given ?? (await testDatabase());
  const queue = openQueue(database.appUrl);
  const checkpoints = temporaryFolder();
  const cache = temporaryFolder();
  mkdirSync(join(checkpoints, "control"));
  cpSync(WEIGHTS, join(checkpoints, "control", "weights.pth"));
  const { id } = await database.client.account.create({ data: { name: "worker's friend" } });
  onTestFinished(async () => {
    await queue.close();
    if (!given) await database.drop();
  });
  const requestOf: World["requestOf"] = (change) => ({
    checkpoint: sha256,
    method: "untrained-resnet",
    target: { measure: "few-shot-5/digits/accuracy" },
    mode: "converged",
    preprocessing: "shorter-32",
    seed: 0,
    requestedById: id,
    ...change,
  });
  return {
    ...{ database, queue, checkpoints, cache, requestOf },
    ask: (change) => queue.send(requestOf(change)),
    worker: (...options) => {
      const args = ["worker", "--checkpoints", checkpoints, "--device", "cpu", "--threads", "1"];
      const started = start([...args, "--cache", cache, ...options], { databaseUrl: database.appUrl });
      onTestFinished(() => void started.child.kill("SIGKILL"));
      return started;
    },
    workerAt: (place, ...options) => {
      const args = ["worker", "--checkpoints", checkpoints, "--device", "cpu", "--threads", "1"];
      const started = start([...args, "--cache", temporaryFolder(), ...options], place);
      onTestFinished(() => void started.child.kill("SIGKILL"));
      return started;
    },
    features: () =>
      readdirSync(join(cache, "features"), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".f32"))
        .map((file) => `${file} ${statSync(join(cache, "features", file)).mtimeMs}`)
        .sort(),
  };
}

/** Resolves when the process has said this on standard error. */
export const saying = ({ child }: Started, text: string): Promise<void> =>
  new Promise((resolve) => {
    let said = "";
    child.stderr!.on("data", (chunk) => {
      said += chunk;
      if (said.includes(text)) resolve();
    });
  });
