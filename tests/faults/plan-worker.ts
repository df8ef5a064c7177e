/**
 * A worker of the simulated cluster: the real loop, leases and record, with a computation that takes a moment and whose
 * answer is known. To be killed at any time. Arguments: the database's URL, or the API's (with a token of the scope WORK in
 * WORK_TOKEN), and a name.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  databaseSource,
  httpSource,
  type JobInHand,
  type JobSource,
  work,
} from "@transferboard/eval-core/jobs";
import {
  connect,
  type EvaluationOutcome,
  type EvaluationRequest,
  type JobWork,
  openQueue,
} from "@transferboard/prisma";
import { fingerprint } from "@transferboard/vocabulary/canonical-json";
import { answerOf, partOf } from "./plan-answers.ts";

const [, , url, name] = process.argv;
const MOST_MS = 120;
const protocol = { evaluation: "simulated" };

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function evaluate(
  request: EvaluationRequest,
  { lease, tell }: JobInHand,
  part?: JobWork,
): Promise<EvaluationOutcome> {
  const { seed } = request;
  const done = { state: "DONE" as const, runs: [] as string[], notes: [] as string[] };
  const found = await lease.found();
  tell({ what: "computing", done: 0, total: 1 });
  await sleep(1 + Math.random() * MOST_MS);
  if (part?.kind === "PART") return { ...done, result: { answer: partOf(seed, part.part) } };
  if (part === undefined) return done;
  const answers = found.map(({ outcome }) => (outcome.result as { answer: number }).answer);
  const described = {
    method: { slug: request.method },
    checkpoint: {
      ...{ sha256: request.checkpoint, name: "simulated", architecture: "none", featureDimension: 1 },
      normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
    },
    dataset: { slug: "dtd", title: "DTD", domain: "textures", classCount: 47, manifest: "d".repeat(64) },
    protocol: {
      ...{ fingerprint: fingerprint(protocol), setting: "many-shot-finetune", title: "Simulated" },
      body: protocol,
    },
    run: {
      identity: sha256(`run ${seed}`),
      seed,
      requestedById: request.requestedById!,
      device: "cpu",
      versions: {},
      startedAt: new Date(),
    },
  };
  const runId = await lease.store.begin(described);
  await sleep(Math.random() * MOST_MS);
  await lease.store.record(
    {
      ...described,
      run: { ...described.run, finishedAt: new Date(), record: { answers } },
      results: [
        {
          measure: "many-shot-finetune/dtd/accuracy",
          value: answerOf(answers),
          interval: null,
          sampleSize: null,
        },
      ],
    },
    [],
  );
  return { ...done, runs: [runId] };
}

function openSource(): JobSource {
  const { WORK_TOKEN: token } = process.env;
  if (token !== undefined) return httpSource({ server: url!, token, worker: name! });
  return databaseSource(openQueue(url!, { supervise: true }), connect(url!, { poolSize: 2 }), {
    worker: name!,
  });
}

await work({
  source: openSource(),
  evaluate,
  signal: new AbortController().signal,
  once: false,
  say: (line) => console.log(line),
});
