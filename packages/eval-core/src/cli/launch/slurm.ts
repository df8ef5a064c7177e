/**
 * The batch script of an array of workers under Slurm.
 *
 * `srun` stands in the script because only what it starts is told of a preemption at once; the batch script itself hears of
 * it when the grace is over. A worker that gave its job back ends with 75, and the script asks for the requeue itself:
 * Slurm takes a step that ends by itself for done. Both hold whatever the partition's grace is.
 */
import { CommandError, EXIT } from "../exit-codes.ts";
import { evaluationMemory, mebibytes } from "../requested/memory.ts";
import { quoted } from "./worker-command.ts";

export interface SlurmOptions {
  readonly workers: number;
  /** As Slurm writes it: minutes, H:MM:SS or D-HH:MM:SS. */
  readonly time: string;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly cpus: number;
  readonly gpus: number;
  /** As Slurm writes it, such as 16G. */
  readonly memory?: string | undefined;
  readonly name: string;
  /** Where the tasks' output goes, a file each. */
  readonly logs: string;
}

/** Seconds before the end of its time that a task is told to give its job back. */
const WARNING_SECONDS = 60;

const TIME = /^(\d+|\d+:\d\d|\d+:\d\d:\d\d|\d+-\d+(:\d\d){0,2})$/;
const MEMORY = /^(\d+)([KMGT]?)$/;
/** Of the units of an amount; MiB without one. */
const EXPONENTS: Readonly<Record<string, number>> = { K: 10, M: 20, G: 30, T: 40 };
const WORD = /^[\w.,@-]+$/;

function requireForm(option: string, value: string | undefined, form: RegExp, expected: string): void {
  if (value !== undefined && !form.test(value))
    throw new CommandError(`${option} must be ${expected}, not '${value}'`, EXIT.usage);
}

/**
 * What an evaluation may take of a task's memory, in MiB: the worker sees the node's memory, not its task's. Undefined
 * where nothing was asked for, and for 0, which is Slurm's word for the whole node.
 */
export function slurmEvaluationMemory(memory: string | undefined): string | undefined {
  requireForm("--memory", memory, MEMORY, "an amount such as 16G");
  const [, digits = "0", unit = ""] = MEMORY.exec(memory ?? "") ?? [];
  const bytes = Number(digits) * 2 ** (EXPONENTS[unit] ?? 20);
  return bytes === 0 ? undefined : mebibytes(evaluationMemory(bytes));
}

/**
 * @param command what a task runs, argument by argument
 * @throws CommandError where an option is not of Slurm's form: it would become a line of a script
 */
export function slurmScript(command: readonly string[], options: SlurmOptions): string {
  const { workers, time, partition, account, cpus, gpus, memory, name, logs } = options;
  requireForm("--time", time, TIME, "a time such as 4:00:00 or 2-12:00:00");
  requireForm("--partition", partition, WORD, "the name of a partition");
  requireForm("--account", account, WORD, "the name of an account");
  requireForm("--memory", memory, MEMORY, "an amount such as 16G");
  requireForm("--name", name, WORD, "a name of letters, digits, dots and dashes");
  if (/[\n\r]/.test(logs)) throw new CommandError("--logs must be a folder's path on one line", EXIT.usage);
  const lines: [string, string | number | undefined][] = [
    ["job-name", name],
    ["array", workers === 1 ? "0" : `0-${workers - 1}`],
    ["ntasks", 1],
    ["cpus-per-task", cpus],
    ["gres", gpus > 0 ? `gpu:${gpus}` : undefined],
    ["mem", memory],
    ["time", time],
    ["partition", partition],
    ["account", account],
    ["signal", `TERM@${WARNING_SECONDS}`],
    ["output", `${logs}/${name}-%A_%a.txt`],
  ];
  return `#!/bin/bash
${lines.flatMap(([key, value]) => (value === undefined ? [] : [`#SBATCH --${key}=${value}`])).join("\n")}
#SBATCH --requeue
#SBATCH --open-mode=append

srun ${command.map(quoted).join(" ")}
code=$?
# ${EXIT.preempted}: told to stop, the job was given back. The next place in the queue goes on with it.
if [ $code -eq ${EXIT.preempted} ]; then
  scontrol requeue "$SLURM_JOB_ID" && sleep 60
fi
exit $code
`;
}
