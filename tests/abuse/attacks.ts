/**
 * What a hostile visitor can ask for, in bounded loops: each attack sends its requests and says how they were answered. None
 * of it needs an account but the uploads and the writers.
 */
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { makeSubmission } from "../api/submissions.ts";

/** Answers by status; `cut` where the connection was broken off. */
export type Tally = Map<string, number>;

export interface Target {
  readonly url: string;
  /** Of the scope SUBMIT. */
  readonly token: string;
  /** How many requests an attack sends. */
  readonly times: number;
  /** The first one's number: what is computed (bootstraps, matrices) is asked with each number once, so that no answer is known. */
  readonly from: number;
}

export type Attack = (target: Target) => Promise<Tally>;

const AT_ONCE = 8;

async function ask(url: string, init: RequestInit): Promise<string> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
    await answer.arrayBuffer();
    return String(answer.status);
  } catch (error) {
    return (error as Error).name === "TimeoutError" ? "timeout" : "cut";
  }
}

/** Sends `times` requests, some at once. */
async function flood(
  { from, times }: Pick<Target, "from" | "times">,
  send: (i: number) => Promise<string>,
): Promise<Tally> {
  const tally: Tally = new Map();
  let next = from;
  const worker = async () => {
    while (next < from + times) {
      const status = await send(next++);
      tally.set(status, (tally.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return tally;
}

const graphql = (url: string, query: string, headers: Record<string, string> = {}) =>
  ask(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify({ query }),
  });

const correlation = (alias: string, i: number, coefficient: string, interval: string) =>
  `${alias}: correlation(x: {measure: "imagenet/imagenet/top1"}, y: {suite: "many-shot-linear"}, coefficient: ${coefficient}, interval: ${interval}, filter: {year: {max: ${3_000 + i}}}) { interval { lower upper } }`;

const aliases: Attack = ({ url, ...range }) =>
  flood(range, (i) => {
    const fields = Array.from(
      { length: 29 },
      (_, at) => `a${at}: methods(first: 200, after: null) { nodes { slug name } }`,
    );
    return graphql(url, `{ ${fields.slice(0, 2 + (i % 28)).join(" ")} }`);
  });

const bootstraps: Attack = ({ url, ...range }) =>
  flood(range, (i) => {
    const count = i % 2 === 0 ? 20 : 3;
    const coefficient = ["PEARSON", "SPEARMAN", "KENDALL"][i % 3]!;
    const fields = Array.from({ length: count }, (_, at) =>
      correlation(`c${at}`, i * 20 + at, coefficient, "BOOTSTRAP"),
    );
    return graphql(url, `{ ${fields.join(" ")} }`);
  });

/** Asks for much and hangs up: nobody is to compute on. */
const quitters: Attack = ({ url, ...range }) =>
  flood(range, async (i) => {
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 20);
    const query = `{ ${[0, 1, 2].map((at) => correlation(`q${at}`, 5_000 + i * 3 + at, "KENDALL", "BOOTSTRAP")).join(" ")} }`;
    try {
      const answer = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
        signal: gone.signal,
      });
      return String(answer.status);
    } catch {
      return "left";
    }
  });

const matrices: Attack = ({ url, ...range }) =>
  flood(range, (i) => {
    const suites = [
      "many-shot-linear",
      "few-shot-kornblith",
      "segmentation",
      "surface-normals",
      "detection-frozen",
    ];
    const variables = Array.from({ length: 60 }, (_, at) => `{suite: "${suites[(i + at) % suites.length]}"}`);
    return graphql(
      url,
      `{ correlationMatrix(variables: [${variables.join(",")}], coefficient: KENDALL, filter: {year: {max: ${3_000 + i}}}) { coefficients counts adjustedPValues } }`,
    );
  });

const exports: Attack = ({ url, ...range }) =>
  flood(range, (i) =>
    ask(`${url}/export/${i % 2 ? "results.csv" : "leaderboard.tex?suite=many-shot-linear"}`, {}),
  );

const badges: Attack = ({ url, ...range }) =>
  flood(range, (i) => ask(`${url}/badge/${i % 3 ? "swav" : `nobody-${i}`}/many-shot-linear.svg`, {}));

const uploads: Attack = ({ url, token, ...range }) =>
  flood(range, (i) => {
    const bodies = [
      "[".repeat(900_000),
      `{"a":${"1".repeat(1_000_000)}}`,
      "x,".repeat(1_000_000),
      "---\n".repeat(300_000),
    ];
    const format = ["json", "mteb", "csv", "model-index"][i % 4];
    return ask(`${url}/submissions?format=${format}&dryRun=true`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
      body: bodies[i % 4]!,
    });
  });

/** Connections that send a letter now and then: they are cut, and meanwhile take nothing from others. */
const slowSockets: Attack = ({ url, times }) => {
  const { hostname, port } = new URL(url);
  return flood({ from: 0, times: Math.min(times, 200) }, () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(Number(port), hostname, () =>
      socket.write("POST /graphql HTTP/1.1\r\nhost: x\r\n"),
    );
    const timer = setInterval(() => socket.write("x"), 100);
    const done = (how: string) => {
      clearInterval(timer);
      clearTimeout(end);
      socket.destroy();
      resolve(how);
    };
    const end = setTimeout(() => done("held"), 1_500);
    socket.on("error", () => done("cut"));
    socket.on("close", () => done("cut"));
    return promise;
  });
};

/** 200 readers beside 20 writers. */
const readersAndWriters: Attack = async ({ url, token, times }) => {
  const tally: Tally = new Map();
  const note = (status: string) => tally.set(status, (tally.get(status) ?? 0) + 1);
  const rounds = Math.max(1, Math.ceil(times / 220));
  const board = `{ leaderboard(suite: "many-shot-linear", first: 20) { nodes { rank method { slug } aggregate } } }`;
  const reader = async () => {
    for (let i = 0; i < rounds; i++) note(await graphql(url, board));
  };
  const writer = async (who: number) => {
    for (let i = 0; i < rounds; i++) {
      const key = `abuse-${randomUUID()}-${who}-${i}`;
      note(
        await ask(`${url}/submissions`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
            "idempotency-key": key,
          },
          body: JSON.stringify(makeSubmission({ source: key })),
        }),
      );
    }
  };
  await Promise.all([
    ...Array.from({ length: 200 }, reader),
    ...Array.from({ length: 20 }, (_, i) => writer(i)),
  ]);
  return tally;
};

export const ATTACKS: Readonly<Record<string, Attack>> = {
  aliases,
  bootstraps,
  quitters,
  matrices,
  exports,
  badges,
  uploads,
  "slow sockets": slowSockets,
  "readers and writers": readersAndWriters,
};

/** Asks /healthz over and over until told to stop; the milliseconds of each answer, with those that failed as Infinity. */
export function watchHealth(url: string): { asked(): number; stop(): Promise<number[]> } {
  const times: number[] = [];
  let going = true;
  const watching = (async () => {
    while (going) {
      const began = performance.now();
      const status = await new Promise<number>((resolve) => {
        const sent = request(`${url}/healthz`, { timeout: 20_000 }, (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
        });
        sent.on("timeout", () => sent.destroy());
        sent.on("error", () => resolve(0));
        sent.end();
      });
      times.push(status === 200 ? performance.now() - began : Number.POSITIVE_INFINITY);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    asked: () => times.length,
    stop: async () => {
      going = false;
      await watching;
      return times;
    },
  };
}

export const percentile = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))] ??
  Number.NaN;
