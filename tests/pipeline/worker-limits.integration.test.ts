/**
 * What an evaluation that somebody else asked for may do to the worker's machine: it is stopped when it is cancelled,
 * ended at its limits with a reason, and knows neither the database nor the network.
 */
import { readFileSync } from "node:fs";
import { wallsHere } from "@transferboard/eval-core/sandbox";
import { expect, it } from "vitest";
import { makeWorld, saying } from "./worker-world.ts";

it("stops an evaluation that is cancelled while it runs", async () => {
  const { database, queue, ask, worker } = await makeWorld();
  const id = await ask({ target: { measure: "many-shot-linear/digits/accuracy" } });
  const running = worker();
  await saying(running, "Digits: features: 1797 images");
  expect(await database.client.$transaction((tx) => queue.cancel(id, tx))).toBe(true);
  await saying(running, `${id}: cancelled: stopped`);
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(0);
  expect(await queue.find(id)).toMatchObject({ state: "CANCELLED", attempts: 1 });
  expect(await database.client.run.findMany()).toMatchObject([{ state: "CANCELLED", failure: null }]);
  expect(await database.client.result.count({ where: { method: { slug: "untrained-resnet" } } })).toBe(0);
});

it("ends an evaluation that takes too much memory, says so, and goes on with the next", async () => {
  const { queue, ask, worker } = await makeWorld();
  const [first, second] = [await ask(), await ask({ seed: 1 })];
  const { code, stderr } = await worker("--once", "--memory", "100").ended;
  expect(code, stderr).toBe(0);
  for (const id of [first, second]) {
    expect(await queue.find(id)).toMatchObject({
      state: "FAILED",
      attempts: 1,
      reason: expect.stringMatching(
        /^The evaluation's process (was ended: it took more than the 100 MiB of memory that it may|died: it wanted more memory than it may have)[.]$/,
      ),
    });
  }
});

it.runIf(process.platform === "linux")(
  "evaluates without the database's address and without a network",
  async () => {
    const { ask, worker } = await makeWorld();
    await ask({ target: { measure: "many-shot-linear/digits/accuracy" } });
    const running = worker();
    await saying(running, "Digits: features: 1797 images");
    const children = descendants(running.child.pid!).filter((pid) =>
      of(pid, "cmdline").includes("requested/child.ts"),
    );
    expect(children).toHaveLength(1);
    const [child] = children;
    const names = of(child!, "environ")
      .split("\0")
      .map((entry) => entry.split("=")[0])
      .filter(Boolean);
    expect(
      names.filter((name) => !/^(PATH|LD_LIBRARY_PATH|HOME|TMPDIR|NODE_CHANNEL_.*)$/.test(name!)),
    ).toEqual([]);
    expect(of(child!, "cmdline")).not.toContain("postgres");
    // Its own namespace, where this machine lets us make one: no other interface, and no connection.
    const devices = [...of(child!, "net/dev").matchAll(/^ *(\S+):/gm)].map(([, name]) => name);
    if ((await wallsHere()).held.some((wall) => wall.startsWith("network"))) expect(devices).toEqual(["lo"]);
    running.child.kill("SIGTERM");
    await running.ended;
  },
);

const of = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
};

function descendants(pid: number): number[] {
  const children = of(pid, `task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
