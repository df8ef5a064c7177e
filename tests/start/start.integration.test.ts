/**
 * The start command as a person uses it: up, Ctrl-C, up again, killed, up again. On ports and a state folder of its
 * own, so that it neither meets a running instance nor another test.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
let state: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "transferboard-start-"));
});

afterAll(async () => {
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  await Promise.all(started.map(ended));
  await rm(state, { recursive: true, force: true });
});

/** Two ports that are free now. */
async function freePorts(): Promise<[number, number]> {
  const probes = await Promise.all(
    [0, 0].map(
      () =>
        new Promise<Server>((resolve) => {
          const probe = createServer().listen(0, () => resolve(probe));
        }),
    ),
  );
  const ports = probes.map((probe) => (probe.address() as { port: number }).port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports as [number, number];
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once("exit", (code) => resolve(code));
  });

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly api: string;
  readonly site: string;
}

function start(ports: [number, number], args: string[] = [], env: Record<string, string> = {}): Started {
  const { DATABASE_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [join(root, "scripts/start.ts"), ...args], {
    env: {
      ...environment,
      API_PORT: String(ports[0]),
      WEB_PORT: String(ports[1]),
      TRANSFERBOARD_STATE: state,
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    child,
    output: () => output,
    api: `http://localhost:${ports[0]}`,
    site: `http://localhost:${ports[1]}`,
  };
}

async function up({ child, output }: Started): Promise<number> {
  const began = Date.now();
  while (!output().includes("Ctrl-C stops everything.")) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Date.now() - began;
}

async function counts({ api }: Started): Promise<{ methods: number; results: number; demo: number }> {
  const query = `{ methods { totalCount } results(first: 1) { totalCount }
    leaderboard(suite: "demo") { edges { node { method { slug } aggregate } } } }`;
  const answer = await fetch(`${api}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data } = (await answer.json()) as {
    data: {
      methods: { totalCount: number };
      results: { totalCount: number };
      leaderboard: { edges: unknown[] };
    };
  };
  return {
    methods: data.methods.totalCount,
    results: data.results.totalCount,
    demo: data.leaderboard.edges.length,
  };
}

/** The seed, the demo's accuracy and two calibration errors, and nothing else: 14 methods, and the control. */
const whole = { methods: 15, results: 1204 + 3, demo: 1 };

test("comes up, stops in order, survives a kill, and never doubles anything", async () => {
  const first = start(await freePorts());
  await up(first);
  expect(await counts(first)).toEqual(whole);
  const page = await fetch(first.site);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("DeepCluster-v2");
  first.child.kill("SIGINT");
  expect(await ended(first.child)).toBe(130);
  expect(first.output()).toContain("Stopped.");
  await expect(fetch(`${first.api}/healthz`)).rejects.toThrow();

  const second = start(await freePorts());
  await up(second);
  expect(await counts(second)).toEqual(whole);
  second.child.kill("SIGKILL");
  await ended(second.child);

  // On the same ports at once: what the killed one left behind must go by itself.
  const ports: [number, number] = [Number(new URL(second.api).port), Number(new URL(second.site).port)];
  await expect
    .poll(
      async () =>
        fetch(`${second.api}/healthz`).then(
          () => "up",
          () => "gone",
        ),
      { timeout: 10_000 },
    )
    .toBe("gone");
  const third = start(ports);
  await up(third);
  expect(await counts(third)).toEqual(whole);
  third.child.kill("SIGTERM");
  expect(await ended(third.child)).toBe(130);
}, 300_000);

test("a taken port is one clear sentence", async () => {
  const holder = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, () => resolve(server));
  });
  const { port } = holder.address() as { port: number };
  const [other] = await freePorts();
  const refused = start([port, other]);
  expect(await ended(refused.child)).toBe(1);
  holder.close();
  expect(refused.output()).toBe(
    `transferboard: port ${port} is taken, and the API needs it: stop what holds it, or set API_PORT to a free one.\n`,
  );
});

test("an unreachable database is one clear sentence that does not show the password", async () => {
  const refused = start(await freePorts(), [], {
    DATABASE_URL: "postgresql://someone:secret@127.0.0.1:1/none",
  });
  expect(await ended(refused.child)).toBe(1);
  const lines = refused.output().trim().split("\n");
  expect(lines.at(-1)).toMatch(/^transferboard: .*127\.0\.0\.1:1/);
  expect(refused.output()).not.toContain("secret");
  expect(refused.output()).not.toMatch(/^\s+at /m);
});

test("an option that is not known is refused before anything happens", async () => {
  const refused = start(await freePorts(), ["--rest"]);
  expect(await ended(refused.child)).toBe(2);
  expect(refused.output()).toContain("--rest");
});
