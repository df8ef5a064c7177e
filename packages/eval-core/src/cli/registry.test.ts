/** The list of commands and the commands themselves say the same. */
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
