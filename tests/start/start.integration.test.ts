/**
 * The start command as a person uses it: up, Ctrl-C, up again, killed, up again. On ports and a state folder of its
 * own, so that it neither meets a running instance nor another test.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { count, isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { kills, recoveryTimes } from "../faults/kills.ts";

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
    // With a channel, as npm start gives it one: it must not keep alive what a signal alone was to end.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
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

/** This machine's addresses that others may reach, if it has any. */
const reachable = () =>
  Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap(({ internal, family, address }) => (!internal && family === "IPv4" ? [address] : [])),
  );

/** Seconds until a client is cut that sends a letter of its headers each half second. */
function secondsOfPatience(address: string): Promise<number> {
  const began = performance.now();
  const socket = connect(Number(new URL(address).port), "127.0.0.1", () =>
    socket.write("GET / HTTP/1.1\r\nhost: x\r\nx-slow: "),
  );
  const more = setInterval(() => socket.write("x"), 500);
  return new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(more);
      resolve((performance.now() - began) / 1000);
    });
    // What the server says before it cuts is read, or the end would not be seen.
    socket.resume();
  });
}

test("comes up, stops in order, survives a kill, and never doubles anything", async () => {
  const first = start(await freePorts());
  await up(first);
  expect(await counts(first)).toEqual(whole);
  expect(first.output()).toContain(`Board   ${first.site}/suites/`);
  const page = await fetch(first.site);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("DeepCluster-v2");
  for (const address of reachable())
    for (const own of [first.api, first.site])
      await expect(fetch(`http://${address}:${new URL(own).port}/healthz`), own).rejects.toThrow();
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
  if (isFull)
    for (const seconds of await Promise.all([third.api, third.site].map(secondsOfPatience)))
      expect(seconds).toBeLessThan(20);
  third.child.kill("SIGTERM");
  expect(await ended(third.child)).toBe(130);
}, 300_000);

/** Every process that a start has made, by its id and command: its children, and theirs. */
async function family(pid: number): Promise<Map<number, string>> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,args="]);
  const all = stdout.split("\n").flatMap((line) => {
    const [, id, parent, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return id ? [{ id: Number(id), parent: Number(parent), args }] : [];
  });
  const found = new Map<number, string>();
  const visit = (parent: number) => {
    for (const one of all) {
      if (one.parent !== parent || found.has(one.id)) continue;
      found.set(one.id, one.args);
      visit(one.id);
    }
  };
  visit(pid);
  return found;
}

const pidOf = (processes: Map<number, string>, what: RegExp) =>
  [...processes].find(([, args]) => what.test(args))?.[0] ?? 0;

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test(
  "what is killed is started again, and a kill of the parent leaves no orphan",
  async () => {
    const ports = await freePorts();
    const parents: number[] = [];
    for (let round = 0; round < kills(1, 20); round++) {
      const run = start(ports);
      await up(run);
      const answers = async (url: string) => (await fetch(url).catch(() => null))?.ok ?? false;
      const query = `${run.api}/graphql?query=${encodeURIComponent("{ methods(first: 1) { totalCount } }")}`;
      const asks = async () =>
        (await fetch(query, { headers: { "apollo-require-preflight": "1" } }).catch(() => null))?.ok ?? false;
      const servers = [
        ["API", /apps\/api\/src\/main\.ts/, () => answers(`${run.api}/healthz`)],
        ["site", /apps\/web\/serve\.ts/, () => answers(`${run.site}/healthz`)],
        ["embedded Postgres", /postgres.* -D /, asks],
      ] as const;
      for (const [name, command, works] of round === 0 ? servers : []) {
        const pid = pidOf(await family(run.child.pid!), command);
        expect(pid, name).toBeGreaterThan(0);
        const began = performance.now();
        process.kill(pid, "SIGKILL");
        await expect.poll(() => run.output(), { timeout: 30_000 }).toMatch(`The ${name} ended (`);
        await expect.poll(works, { timeout: 60_000, interval: 100 }).toBe(true);
        expect(pidOf(await family(run.child.pid!), command)).not.toBe(pid);
        console.log(`kill -9 of the ${name}: back after ${Math.round(performance.now() - began)} ms`);
      }
      const processes = await family(run.child.pid!);
      expect(processes.size).toBeGreaterThanOrEqual(4);
      const began = performance.now();
      run.child.kill("SIGKILL");
      await ended(run.child);
      // The pipes that their lines went into are broken now, too.
      run.child.stdout?.destroy();
      run.child.stderr?.destroy();
      await expect
        .poll(() => [...processes].filter(([pid]) => isAlive(pid)).map(([, args]) => args), {
          timeout: 30_000,
        })
        .toEqual([]);
      parents.push(performance.now() - began);
    }
    console.log(`kill -9 of the parent: all of its processes gone after ${recoveryTimes(parents)}`);
  },
  count(600_000, 7_200_000),
);

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

test("a port that browsers refuse is one clear sentence", async () => {
  const [other] = await freePorts();
  const refused = start([4190, other]);
  expect(await ended(refused.child)).toBe(1);
  expect(refused.output()).toBe(
    "transferboard: API_PORT must be another port than 4190, which browsers refuse.\n",
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
