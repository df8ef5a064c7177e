/** A bounded load on one address: so many connections, so many requests, what each took. */
import { Agent, request } from "node:http";

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** Bodies to send, in turn; each connection takes the next one. */
  readonly bodyOf: (index: number) => string;
  readonly headersOf?: (index: number) => Readonly<Record<string, string>>;
  /** Ends at whichever comes first. */
  readonly requests: number;
  readonly seconds: number;
  /** @throws on an answer that is not what was asked for: a fast error is no answer. */
  readonly check: (text: string) => void;
}

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const TIMEOUT_MS = 30_000;

export function post(
  url: string,
  agent: Agent,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        agent,
        timeout: TIMEOUT_MS,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`The server answered ${response.statusCode}: ${text.slice(0, 300)}`));
        });
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`No answer within ${TIMEOUT_MS} ms.`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The smallest value that at least the share `q` of the sorted values does not exceed. */
export const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;

export async function load({
  url,
  connections,
  bodyOf,
  headersOf = () => ({}),
  requests,
  seconds,
  check,
}: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  const began = performance.now();
  const deadline = began + seconds * 1000;
  let next = 0;
  const connection = async () => {
    while (next < requests && performance.now() < deadline) {
      const index = next++;
      const start = performance.now();
      const text = await post(url, agent, bodyOf(index), headersOf(index));
      took.push(performance.now() - start);
      check(text);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, connection));
  } finally {
    agent.destroy();
  }
  const elapsed = (performance.now() - began) / 1000;
  took.sort((a, b) => a - b);
  return {
    requests: took.length,
    perSecond: took.length / elapsed,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
  };
}

/** One question, asked alone and repeatedly: the median time in milliseconds, and the last answer. */
export async function timed(
  url: string,
  body: object,
  times: number,
): Promise<{ medianMs: number; text: string }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took: number[] = [];
  let text = "";
  try {
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      text = await post(url, agent, JSON.stringify(body), {});
      took.push(performance.now() - start);
    }
  } finally {
    agent.destroy();
  }
  took.sort((a, b) => a - b);
  return { medianMs: quantile(took, 0.5), text };
}
