/** The demo as `npm start` runs it: in seconds, within its memory, on the board, once. */
import { readFileSync } from "node:fs";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { start, temporaryFolder } from "./command.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** The most memory that a process has had so far, in bytes; undefined once it is gone, or where /proc is not. */
function peakMemory(pid: number): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

it("measures the untrained network, shows it on the demo's board, and does nothing the second time", async () => {
  const cache = temporaryFolder();
  const demo = () => start(["demo", "--cache", cache], { databaseUrl: database.appUrl });
  const first = demo();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakMemory(first.child.pid!) ?? 0);
  }, 20);
  const { code, stdout, stderr } = await first.ended;
  clearInterval(watch);
  expect(code, stderr).toBe(0);
  expect(peak).toBeLessThan(1e9);
  if (process.platform === "linux") expect(peak).toBeGreaterThan(1e8);

  const value = Number(/many-shot-linear\/digits\/accuracy +(\d+\.\d+)/.exec(stdout)?.[1]);
  // 86.83 where it was first measured. Processors round differently, so a few of the 600 images may turn.
  expect(Math.abs(value - 86.83)).toBeLessThan(1);
  const cells = () =>
    database.client.result.findMany({
      where: {
        method: { slug: "untrained-resnet" },
        measure: { suites: { some: { suite: { slug: "demo" } } } },
      },
      include: { method: true, run: true },
    });
  expect(await cells()).toMatchObject([
    {
      method: { name: "Untrained ResNet", family: "CONTROL" },
      provenance: "REPRODUCED",
      run: { state: "DONE" },
    },
  ]);
  expect((await cells())[0]!.value.toFixed(2)).toBe(value.toFixed(2));

  const second = await demo().ended;
  expect(second).toMatchObject({ code: 0 });
  expect(second.stderr).toContain("is recorded already");
  expect(await cells()).toHaveLength(1);
  expect(await database.client.run.count()).toBe(2);
});
