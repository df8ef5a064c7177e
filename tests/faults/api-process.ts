/** The API as a process of its own, to be killed; and writers that keep on whatever happens to it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { inputOf, makeSubmission } from "../api/submissions.ts";

const MAIN = join(import.meta.dirname, "..", "..", "apps", "api", "src", "main.ts");

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export interface Started {
  readonly child: ChildProcess;
  /** How long until /healthz answered 200. */
  readonly readyMs: number;
}

export async function startProcess(databaseUrl: string, port: number): Promise<Started> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      RATE_LIMIT: "0",
      LOG_LEVEL: "fatal",
    },
    stdio: "ignore",
  });
  await untilHealthy(port, 60_000);
  return { child, readyMs: performance.now() - began };
}

/** Resolves with how long it took. */
export async function untilHealthy(port: number, patienceMs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    await answer?.body?.cancel();
    const waited = performance.now() - began;
    if (answer?.status === 200) return waited;
    if (waited > patienceMs) throw new Error(`The API is not healthy after ${patienceMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

const SUBMIT = `mutation ($input: SubmitResultsInput!) { submitResults(input: $input) { __typename
  ... on SubmitResultsPayload { submission { id } } } }`;

export interface Writers {
  /** Idempotency key -> the submission's global id, once acknowledged. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Statuses of answers that were neither a success nor a 503. */
  readonly strange: readonly string[];
  stop(): Promise<void>;
}

/** Each writer sends one submission after another, and repeats one under its key until it is acknowledged. */
export function startWriters(port: number, token: string, count: number): Writers {
  const acknowledged = new Map<string, string>();
  const strange: string[] = [];
  let going = true;

  async function send(key: string): Promise<void> {
    const input = inputOf(makeSubmission({ source: key }), { idempotencyKey: key });
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: SUBMIT, variables: { input } }),
    });
    const text = await answer.text();
    if (answer.status === 503) return;
    const id = answer.status === 200 ? JSON.parse(text).data?.submitResults?.submission?.id : undefined;
    if (id) acknowledged.set(key, id);
    else strange.push(`${answer.status}: ${text.slice(0, 300)}`);
  }

  async function write(writer: number): Promise<void> {
    for (let i = 0; going; i++) {
      const key = `writer-${writer}-${i}`;
      while (going && !acknowledged.has(key) && strange.length < 20) {
        // A broken connection says nothing of whether it was written: the key makes repeating safe.
        await send(key).catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
      }
    }
  }

  const all = Array.from({ length: count }, (_, writer) => write(writer));
  return {
    acknowledged,
    strange,
    stop: async () => {
      going = false;
      await Promise.all(all);
    },
  };
}
