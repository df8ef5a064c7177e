/**
 * A Slurm of one node, made for a test: Debian's slurm-wlm and munge, its daemons in the foreground as children of the
 * test, so that their ends are seen. Two partitions, the higher of which preempts the lower.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PATHS = `${process.env.PATH}:/usr/sbin`;
const DAEMONS = ["munged", "slurmctld", "slurmd"] as const;

/** Why there can be no Slurm here; undefined where there can. */
export function slurmMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "its daemons must be started by root";
  const absent = DAEMONS.filter(
    (name) => spawnSync("which", [name], { env: { ...process.env, PATH: PATHS } }).status !== 0,
  );
  return absent.length > 0 ? `no ${absent.join(", ")} here (Debian: slurm-wlm, munge)` : undefined;
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const socket = createServer().listen(0, "127.0.0.1", () => {
      const { port } = socket.address() as AddressInfo;
      socket.close(() => resolve(port));
    });
  });

export interface Slurm {
  /** What clients need. */
  readonly env: Readonly<Record<string, string>>;
  readonly run: (program: string, ...args: string[]) => string;
  readonly stop: () => Promise<void>;
}

export async function startSlurm(): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), "transferboard-slurm-"));
  // munged wants every folder above its socket to be passable by all.
  chmodSync(folder, 0o755);
  for (const name of ["munge", "state", "spool"]) mkdirSync(join(folder, name), { mode: 0o755 });
  writeFileSync(join(folder, "munge", "key"), randomBytes(128), { mode: 0o400 });
  const host = hostname().split(".")[0]!;
  const config = join(folder, "slurm.conf");
  writeFileSync(
    config,
    `ClusterName=trial
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
KillWait=30
SlurmdParameters=config_overrides
NodeName=${host} NodeAddr=127.0.0.1 CPUs=1 RealMemory=2000
PartitionName=low Nodes=${host} Default=YES PriorityTier=1 GraceTime=30
PartitionName=high Nodes=${host} PriorityTier=10 PreemptMode=OFF
`,
  );
  const env = { PATH: PATHS, SLURM_CONF: config };
  const children: ChildProcess[] = [];
  const daemon = (name: string, ...args: string[]) => {
    children.push(spawn(name, args, { env: { ...process.env, ...env }, stdio: "ignore" }));
  };
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { env: { ...process.env, ...env }, encoding: "utf8", timeout: 20_000 });
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(5_000).then(() => child.kill("SIGKILL"))]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const munge = (name: string) => join(folder, "munge", name);
    daemon(
      "munged",
      ...["-F", `--key-file=${munge("key")}`, `--socket=${munge("socket")}`, `--pid-file=${munge("pid")}`],
      ...[`--log-file=${munge("log")}`, `--seed-file=${munge("seed")}`, "--num-threads=2"],
    );
    await until("munge", () => existsSync(munge("socket")));
    daemon("slurmctld", "-D", "-c");
    daemon("slurmd", "-D", "-c", "-N", host);
    await until("Slurm", () => {
      try {
        return run("sinfo", "-h", "-o", "%T").includes("idle");
      } catch {
        return false;
      }
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, run, stop };
}

/** @throws after a minute */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  for (const began = Date.now(); Date.now() - began < seconds * 1000; await sleep(200)) {
    if (await holds()) return;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
