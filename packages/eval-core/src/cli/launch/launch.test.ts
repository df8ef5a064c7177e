/** What the launchers write and start. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { jobManifest, requireMounted } from "./kubernetes.ts";
import { environmentOf, launchLocal, threadShare } from "./local.ts";
import { slurmEvaluationMemory, slurmScript } from "./slurm.ts";
import { quoted, workerArguments } from "./worker-command.ts";

const shape = { checkpoints: "/w/my weights", data: "/d", device: "cuda" };
const slurm = { workers: 8, time: "4:00:00", partition: "gpu", cpus: 4, gpus: 1, name: "tb", logs: "/logs" };
const arguments_ = workerArguments(shape, ["--once", "--until-preempted"]);

describe("slurm", () => {
  it("is a script that a shell reads, with the array, the card and the requeue", () => {
    const script = slurmScript(["transferboard", ...arguments_], slurm);
    expect(spawnSync("bash", ["-n"], { input: script }).status).toBe(0);
    expect(script).toContain("#SBATCH --array=0-7\n");
    expect(script).toContain("#SBATCH --gres=gpu:1\n");
    expect(script).toContain("#SBATCH --signal=TERM@60\n");
    expect(script).toContain(
      "srun transferboard worker --checkpoints '/w/my weights' --data /d --device cuda --once --until-preempted\n",
    );
  });

  // The script itself, with stand-ins for srun and scontrol: what it does with each exit code.
  it.each([
    [0, 0, ""],
    [75, 75, "requeue 42\n"],
    [3, 3, ""],
  ])("a worker that ends with %d", (code, ends, asked) => {
    const script = slurmScript(["worker"], slurm);
    const stand = `srun() { return ${code}; }; scontrol() { echo "$@"; return 1; }; SLURM_JOB_ID=42\n`;
    const done = spawnSync("bash", [], { input: script.replace("#!/bin/bash\n", stand), encoding: "utf8" });
    expect({ status: done.status, stdout: done.stdout }).toEqual({ status: ends, stdout: asked });
  });

  it.each([
    ["time", "soon", "--time must be a time"],
    ["partition", "a b", "--partition must be the name of a partition"],
    ["name", "x\n#SBATCH --uid=0", "--name must be"],
    ["memory", "lots", "--memory must be an amount"],
    ["logs", "a\nb", "--logs must be"],
  ])("refuses %s '%s'", (key, value, sentence) => {
    expect(() => slurmScript(["worker"], { ...slurm, [key]: value })).toThrow(sentence);
  });

  it("gives an evaluation three quarters of its task's memory", () => {
    expect(["16G", "2048", "1T", "0", undefined].map(slurmEvaluationMemory)).toEqual([
      ...["12288", "1536", "786432"],
      ...[undefined, undefined],
    ]);
  });

  it("quotes for the shell", () => {
    for (const text of ["plain", "a b", "it's", "$(rm)", "`x`", ""]) {
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${quoted(text)}`], { encoding: "utf8" });
      expect(stdout).toBe(text);
    }
  });
});

describe("kubernetes", () => {
  const options = {
    ...{ workers: 3, image: "example/transferboard:1", name: "tb", cpus: 4, gpus: 1, memory: "16Gi" },
    program: ["node", "bin.mjs"],
    ...{ secret: "db", secretKey: "DATABASE_URL" as const, claim: "data", mount: "/w" },
  };
  it("is a Job of as many pods, none of whose preemptions is a failure", () => {
    expect(jobManifest(arguments_, options)).toMatchObject({
      apiVersion: "batch/v1",
      kind: "Job",
      spec: {
        completions: 3,
        parallelism: 3,
        podFailurePolicy: { rules: [{ action: "Ignore", onExitCodes: { values: [75] } }, {}] },
        template: {
          spec: { restartPolicy: "Never", containers: [{ command: ["node", "bin.mjs"], args: arguments_ }] },
        },
      },
    });
  });
  it("refuses names that Kubernetes does not take", () => {
    expect(() => jobManifest([], { ...options, name: "My Job" })).toThrow("--name must be a name");
    expect(() => jobManifest([], { ...options, mount: "work" })).toThrow("--mount must be a whole path");
  });
  it.each([
    ["checkpoints", "/x/weights"],
    ["checkpoints", "weights"],
    ["checkpoints", "/work/../weights"],
    ["checkpoints", "/workers"],
    ["data", "/data"],
    ["cache", "/tmp/cache"],
  ])("refuses --%s %s, which a pod would not have", (name, path) => {
    const paths = { checkpoints: "/work/weights", data: "/work/data", cache: "/work", [name]: path };
    expect(() => requireMounted("/work", paths)).toThrow(
      `--${name} must be a whole path below --mount /work, where pods have the claim's files, not '${path}'`,
    );
    expect(() => requireMounted("/work/", { ...paths, [name]: "/work/..data" })).not.toThrow();
  });
});

describe("local", () => {
  const run = (source: string, signal = new AbortController().signal, gpus: number[] = []) => {
    const said: string[] = [];
    const say = (i: number, line: string) => said.push(`${i} ${line}`);
    const codes = launchLocal([process.execPath, "-e"], [source], { workers: 3, gpus, signal, say });
    return codes.then((all) => ({ codes: all, said: said.sort() }));
  };

  it("gives each a card in turn, and tells their lines and exit codes", async () => {
    const source = "console.log(process.env.CUDA_VISIBLE_DEVICES); process.exitCode = 4";
    expect(await run(source, undefined, [0, 1])).toEqual({ codes: [4, 4, 4], said: ["0 0", "1 1", "2 0"] });
  });

  it("tells all to stop, and waits for them", async () => {
    const stop = new AbortController();
    const source =
      "process.on('SIGTERM', () => { console.log('given back'); process.exit(75) }); console.log('up'); setInterval(() => {}, 1e3)";
    const running = run(source, stop.signal);
    setTimeout(() => stop.abort(), 1_500);
    const { codes, said } = await running;
    expect(codes).toEqual([75, 75, 75]);
    expect(said.filter((line) => line.endsWith("given back"))).toHaveLength(3);
  });

  it("shares the cores", () => {
    expect([threadShare(1, 8), threadShare(3, 8), threadShare(16, 8)]).toEqual([8, 2, 1]);
    expect(environmentOf(5, [])).toEqual({});
  });
});
