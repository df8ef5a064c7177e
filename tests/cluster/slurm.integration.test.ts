/** A worker under Slurm: submitted, preempted, queued again, finished; and the ledger has one run. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { launcher, temporaryFolder } from "../pipeline/command.ts";
import { makeWorld } from "../pipeline/worker-world.ts";
import { slurmMissing, startSlurm, until } from "./slurm.ts";

const missing = slurmMissing();
if (missing) console.warn(`SKIPPED: workers under Slurm are not tried: ${missing}`);

it.skipIf(missing)(
  "is preempted, gives its job back, and finishes it when its turn comes again",
  async () => {
    const { database, queue, ask, checkpoints, cache } = await makeWorld();
    const slurm = await startSlurm();
    onTestFinished(slurm.stop);
    const id = await ask({ target: { measure: "many-shot-linear/digits/accuracy" } });
    const logs = temporaryFolder();
    const log = () =>
      readdirSync(logs)
        .filter((name) => name.endsWith(".txt"))
        .map((name) => readFileSync(join(logs, name), "utf8"))
        .join("");

    const said = execFileSync(
      process.execPath,
      [
        ...[
          launcher,
          "launch",
          "slurm",
          "--partition",
          "low",
          "--time",
          "0:30:00",
          "--cpus",
          "1",
          "--logs",
          logs,
        ],
        ...["--checkpoints", checkpoints, "--cache", cache, "--device", "cpu"],
        ...["--command", `${process.execPath} ${launcher}`],
      ],
      {
        env: { ...process.env, ...slurm.env, DATABASE_URL: database.appUrl },
        encoding: "utf8",
        stdio: "pipe",
      },
    );
    expect(said).toBe("");
    await until("the worker begins", () => log().includes(`${id}: taken (attempt 1)`), 120);
    slurm.run("sbatch", "--partition=high", "--time=1", "--output=/dev/null", "--wrap=sleep 3");
    await until("the worker is preempted", () => log().includes("Preempted: giving back"), 60);
    await until("the job is back", () => log().includes(`${id}: back in the queue`), 30);
    await until("the request is done", async () => (await queue.find(id))?.state === "DONE", 180);
    expect(log()).toContain(`${id}: taken (attempt 2)`);

    const runs = await database.client.run.findMany({
      where: { protocol: { settingSlug: "many-shot-linear" } },
    });
    expect(runs).toMatchObject([{ state: "DONE" }]);
    expect(await database.client.result.count({ where: { method: { slug: "untrained-resnet" } } })).toBe(3);
    await until("Slurm has nothing left", () => slurm.run("squeue", "-h").trim() === "", 60);
  },
  400_000,
);
