/** The list of commands and the commands themselves say the same. */
import type { Command } from "commander";
import { expect, it } from "vitest";
import { makeProgram } from "./program.ts";
import { groups } from "./registry.ts";

const entries = groups.flatMap((group) => group.entries);

it.each(entries.map(({ name }) => name))("%s is loaded under its own name", async (name) => {
  const program = await makeProgram(new AbortController().signal, [name]);
  const command = program.commands.find((one) => one.name() === name);
  expect(command?.description()).toBeTruthy();
  expect(program.commands.filter((one) => one.name() === name)).toHaveLength(1);
});

it("lists every command once, in groups", async () => {
  const program = await makeProgram(new AbortController().signal, ["--help"]);
  const help = program.helpInformation();
  for (const { title } of groups) expect(help).toContain(`${title}:`);
  for (const { name } of entries) expect(help).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
});

it("says which value counts of an option that is given twice, in subcommands too", async () => {
  const run = async (args: readonly string[]) => {
    const program = await makeProgram(new AbortController().signal, args);
    let said = "";
    const quiet = (command: Command) => {
      command.configureOutput({ writeErr: (text) => (said += text) });
      command.commands.forEach(quiet);
    };
    quiet(program);
    await program.parseAsync(["node", "transferboard", ...args]).catch(() => undefined);
    return said;
  };
  const failing = ["--nothing-known"];
  expect(await run(["worker", "--once", "--device", "cpu", "--device", "webgpu", ...failing])).toContain(
    "Note: --device is given twice: 'webgpu' counts, 'cpu' does not.\n",
  );
  expect(await run(["evaluate", "--seed=1", "--limit", "3", "--seed", "2", ...failing])).toContain(
    "Note: --seed is given twice: '2' counts, '1' does not.\n",
  );
  expect(await run(["artefacts", "collect", "--older-than", "3", "--older-than", "4", ...failing])).toContain(
    "Note: --older-than is given twice: '4' counts, '3' does not.\n",
  );
  // Those that may be repeated, and the same value again.
  const often = ["export", "--filter", "family=SUPERVISED", "--filter", "year=2020", "--out", "/nowhere/x"];
  expect(await run([...often, "--out", "/nowhere/x", "--nothing-known"])).not.toContain("twice");
});
