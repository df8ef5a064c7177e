/**
 * Generated hostile requests: whatever comes, no answer is a 5xx, but for a deliberate 503, or tells of our insides, and the server lives.
 * HOSTILE_REQUESTS=... sends another number of them, HOSTILE_SEED=... repeats a run.
 */
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { type HostileRequest, hostileRequest } from "./hostile-requests.ts";

const COUNT = Number(process.env.HOSTILE_REQUESTS ?? count(2_000, 20_000));
const SEED = Number(process.env.HOSTILE_SEED ?? Date.now() % 2 ** 31);
const AT_ONCE = 8;

let api: Api;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  agent.destroy();
  await api.stop();
});

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Null where the connection was cut: Node does that with a request line or header that is none. */
function send({ method, path, headers, body }: HostileRequest): Promise<Got | null> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const sent = request({ hostname, port, method, path, agent, headers, timeout: 20_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString(),
        }),
      );
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 20 s")));
    sent.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? resolve(null) : reject(error),
    );
    if (body !== null) sent.write(body);
    sent.end();
  });
}

/** Words of our insides: a stack's lines, SQL, Prisma's and Postgres' own sentences, paths of this machine. */
const LEAKS = [
  /\n\s+at [\w.<>[\] ]+\(/,
  /node:internal|node_modules/,
  /\.ts:\d+|\.js:\d+/,
  /\bfile:\/\//,
  /prisma/i,
  /\bselect\b.+\bfrom\b.+\b(result|method|audit_event)\b/i,
  /syntax error at or near|invalid byte sequence|invalid input syntax|relation "\w+"|violates .+ constraint/i,
  /\/(?:home|root|usr|work|tmp|var)\/[\w.-]+\//,
  /ECONNREFUSED|ENOENT|EACCES/,
];

/** What was sent may come back in an answer; what was not may not. */
function leaked(text: string, { path, body }: HostileRequest): RegExp | undefined {
  const given = `${decoded(path)}\n${path}\n${body ?? ""}`;
  return LEAKS.find((pattern) => {
    const found = pattern.exec(text)?.[0];
    return found !== undefined && !given.includes(found);
  });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The sentence of what is wrong with an answer, or nothing. */
function wrongWith(hostile: HostileRequest, got: Got | null): string | null {
  if (!got) return null;
  // "Ask again in a minute": what all values together say is worked out for longer than a request may wait.
  const isLater = got.status === 503 && got.text.includes("Ask again") && got.headers["retry-after"];
  if (got.status >= 500 && !isLater) return `a ${got.status}: ${got.text.slice(0, 300)}`;
  const leak = leaked(got.text, hostile);
  if (leak) return `it tells of our insides (${leak}): ${got.text.slice(0, 500)}`;
  if (got.text.includes("Something went wrong on our side")) {
    return `a fault of ours under status ${got.status}: ${got.text.slice(0, 300)}`;
  }
  const type = got.headers["content-type"] ?? "";
  // A badge says what is wrong as a picture: a README shows nothing else.
  const fits = type.includes("json") || (hostile.path.startsWith("/badge/") && type.startsWith("image/svg"));
  if (got.status >= 400 && hostile.method !== "HEAD" && !fits) {
    return `a ${got.status} that is not JSON: ${got.headers["content-type"]} ${got.text.slice(0, 200)}`;
  }
  if (got.headers["set-cookie"]) return "it sets a cookie";
  return null;
}

it(`${COUNT} hostile requests: no 5xx but a deliberate 503, no leak, the server lives`, async () => {
  console.log(`hostile requests: ${COUNT}, HOSTILE_SEED=${SEED}`);
  // Tokens of every reach, so that what is behind them is reached too.
  const tokens = await Promise.all(
    (["READ", "SUBMIT", "REVIEW", "WORK", "ADMIN"] as const).map((scope) => makeToken(api, scope, [scope])),
  );
  const statuses = new Map<number, number>();
  const some = fc.array(fc.tuple(hostileRequest, fc.nat(tokens.length * 3)), {
    minLength: AT_ONCE,
    maxLength: AT_ONCE,
  });
  const property = fc.asyncProperty(some, async (batch) => {
    const requests = batch.map(([hostile, who]): HostileRequest => {
      const token = tokens[who];
      return token
        ? { ...hostile, headers: { ...hostile.headers, authorization: `Bearer ${token}` } }
        : hostile;
    });
    const answers = await Promise.all(requests.map(send));
    for (const [i, got] of answers.entries()) {
      statuses.set(got?.status ?? 0, (statuses.get(got?.status ?? 0) ?? 0) + 1);
      const wrong = wrongWith(requests[i]!, got);
      if (wrong) throw new Error(`${wrong}\nafter ${JSON.stringify(requests[i]).slice(0, 2_000)}`);
    }
  });
  await fc.assert(property, {
    numRuns: Math.ceil(COUNT / AT_ONCE),
    seed: SEED,
    interruptAfterTimeLimit: 1_500_000,
    markInterruptAsFailure: true,
  });
  console.log("answers by status:", Object.fromEntries([...statuses].sort(([a], [b]) => a - b)));
  // Both sides of the door were tried, and behind it everything still stands.
  expect(statuses.get(200)).toBeGreaterThan(COUNT / 20);
  expect(statuses.get(400)).toBeGreaterThan(COUNT / 20);
  const { leaderboard } = await api.read(
    '{ leaderboard(suite: "many-shot-linear", first: 1) { nodes { method { slug } aggregate } } }',
  );
  expect(leaderboard.nodes[0].method.slug).toBe("deepcluster-v2");
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
}, 1_600_000);
