/** The pauses between starts, and that a stop in the middle of anything ends it. */
import { expect, it } from "vitest";
import { Kept, pauseAfter, type Running } from "../../scripts/keep.ts";

it("pauses double up to half a minute, and begin anew after a minute of health", () => {
  const pauses: number[] = [];
  let pause = 0;
  for (let i = 0; i < 10; i++) {
    pause = pauseAfter(pause, 10);
    pauses.push(pause);
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(pauseAfter(30_000, 60_000)).toBe(250);
});

it("starts what ended again, says so, and stops when asked to", async () => {
  const said: string[] = [];
  let starts = 0;
  let stopped = 0;
  let die: (how: string) => void = () => undefined;
  const running = (): Running => {
    const { promise, resolve } = Promise.withResolvers<string>();
    die = resolve;
    return {
      exited: promise,
      stop: async () => {
        stopped++;
        resolve("stopped");
      },
    };
  };
  const kept = new Kept(
    "server",
    running(),
    async () => {
      if (++starts === 1) throw new Error("the port is taken");
      return running();
    },
    (line) => said.push(line),
  );
  die("killed by SIGKILL");
  await expect.poll(() => said.length, { timeout: 5_000 }).toBe(3);
  expect(said).toEqual([
    "The server ended (killed by SIGKILL): it is started again in 0.25 s.",
    "The server ended (it did not start: the port is taken): it is started again in 0.5 s.",
    "The server is up again.",
  ]);
  await kept.stop();
  expect([starts, stopped, said.length]).toEqual([2, 1, 3]);
});
