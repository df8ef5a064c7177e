/** Runs a subcommand in this process, with its output caught: for the many short ones, which would mostly start Node. */
import { vi } from "vitest";
import { exitCodeOf, sentenceOf } from "../../packages/eval-core/src/cli/exit-codes.ts";
import { makeProgram } from "../../packages/eval-core/src/cli/program.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As main.ts does it. One at a time: what a process has one of is borrowed. */
export async function runHere(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Outcome> {
  const caught = { stdout: "", stderr: "" };
  const catching = (name: keyof typeof caught) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk) => {
      caught[name] += Buffer.from(chunk).toString();
      return true;
    });
  const spies = [catching("stdout"), catching("stderr")];
  const before = process.exitCode;
  process.exitCode = 0;
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  try {
    const program = await makeProgram(new AbortController().signal, args);
    await program.parseAsync([...args], { from: "user" });
    return { code: Number(process.exitCode), ...caught };
  } catch (error) {
    return { code: exitCodeOf(error).code, ...caught, stderr: `${caught.stderr}${sentenceOf(error)}\n` };
  } finally {
    process.exitCode = before;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
