/** What a sandboxed process cannot do, and how its end is told. Each test is one hostile or unlucky child. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runSandboxed, type SandboxOptions } from "./run.ts";
import { wallsHere } from "./walls.ts";

const MIB = 2 ** 20;
const run = <Answer>(value: object, change: Partial<SandboxOptions> = {}) =>
  runSandboxed<Answer>(
    {
      script: new URL("./testing/child.ts", import.meta.url),
      called: "the trial",
      limits: { memoryBytes: 200 * MIB, wallMs: 30_000 },
      read: [],
      write: [],
      ...change,
    },
    value,
  );

it("answers what the work answered, and throws what it threw, by name", async () => {
  expect(await run({ what: "ask" }, { handlers: { double: (value) => Number(value) * 2 } })).toBe(42);
  await expect(run({ what: "throw" })).rejects.toMatchObject({ name: "OnnxError", message: "not a graph" });
  await expect(run({ what: "ask" })).rejects.toThrow("nothing answers 'double'");
});

it("has nothing of our environment", async () => {
  process.env.DATABASE_URL ??= "postgresql://nobody@127.0.0.1:1/none";
  const names = await run<string[]>({ what: "environment" });
  expect(names.filter((name) => !/^(PATH|LD_LIBRARY_PATH|HOME|TMPDIR|NODE_CHANNEL_.*)$/.test(name))).toEqual(
    [],
  );
});

it("reads and writes only what it was granted, and starts no process", async () => {
  const folder = mkdtempSync(join(tmpdir(), "granted-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file");
  writeFileSync(path, "as it was");
  const refused = "ERR_ACCESS_DENIED";
  expect(await run({ what: "files", path })).toEqual({ read: refused, write: refused });
  expect(await run({ what: "files", path }, { read: [folder] })).toEqual({ read: "done", write: refused });
  expect(readFileSync(path, "utf8")).toBe("as it was");
  expect(await run({ what: "files", path }, { write: [folder] })).toEqual({ read: "done", write: "done" });
  const environment = `/proc/${process.pid}/environ`;
  expect(await run({ what: "files", path: environment })).toEqual({ read: refused, write: refused });
  expect(await run({ what: "process" })).toBe(refused);
});

it("opens no socket, and where the system lets us, has no network at all", async () => {
  let callers = 0;
  const server = createServer(() => callers++).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  expect(await run({ what: "socket", port })).toBe("a sandboxed process opens no socket");
  expect(callers).toBe(0);
  if (!(await wallsHere()).held.some((wall) => wall.startsWith("network"))) return;
  const interfaces = await run<string>({ what: "interfaces" }, { read: ["/proc/self/net/dev"] });
  expect([...interfaces.matchAll(/^\s*(\S+):/gm)].map(([, name]) => name)).toEqual(["lo"]);
});

it.each([
  ["buffers", "memory"],
  ["heap", "memory"],
  ["abort", "died"],
])("says how a child died that did this: %s", async (what, end) => {
  await expect(run({ what })).rejects.toMatchObject({ name: "SandboxError", end });
});

it("ends a child that takes too long, also while it computes", async () => {
  const limits = { memoryBytes: 200 * MIB, wallMs: 1_500 };
  await expect(run({ what: "spin" }, { limits })).rejects.toThrow(
    "the trial was ended: it took longer than the 1.5 s that it may",
  );
});

it("stops when it is asked to", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("not wanted any more")), 1_000);
  await expect(run({ what: "wait" }, { signal: stop.signal })).rejects.toThrow("not wanted any more");
});

it.skipIf(process.platform !== "linux")(
  "ends where the limit of memory that it was to have is not set",
  () => {
    const guard = new URL("./guard.ts?data=123456789", import.meta.url).href;
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ["--import", guard, "-e", "console.log('began')"],
      { encoding: "utf8" },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("the limit of memory is not set: expected 123456789 bytes");
  },
);
