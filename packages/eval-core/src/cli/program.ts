/** The command line: its help in groups, and the one subcommand that is asked for. Each subcommand's work is in `commands/`. */
import { Command } from "commander";
import { colours } from "./colour.ts";
import type { Context } from "./context.ts";
import { EXIT_HELP } from "./exit-codes.ts";
import { noteRepeated } from "./options.ts";
import { groups } from "./registry.ts";
import { makeTerminal } from "./terminal.ts";
import { OWN_VERSION } from "./versions.ts";

/** The subcommand that the arguments name, also after `help`. */
const wanted = (args: readonly string[]) => {
  const [first, second] = args.filter((arg) => !arg.startsWith("-"));
  return first === "help" ? second : first;
};

/** Only the named subcommand is loaded; of the others the name and one line are known. */
export async function makeProgram(signal: AbortSignal, args: readonly string[]): Promise<Command> {
  const { bold } = colours(process.stdout);
  const program = new Command("transferboard")
    .description("Measures how well a pretrained vision model transfers, and keeps the record")
    .version(OWN_VERSION, "-V, --version", "print the version")
    .addHelpText("after", EXIT_HELP)
    .showHelpAfterError("(add --help for what is possible)")
    .configureHelp({ styleTitle: (title) => bold(title) })
    .exitOverride();
  const contextOf = (quiet = false): Context => ({ terminal: makeTerminal(quiet), signal });
  const asked = wanted(args);
  for (const { title, entries } of groups) {
    program.commandsGroup(`${title}:`);
    for (const { name, description, load } of entries) {
      if (name === asked) (await load())(program, contextOf);
      else program.command(name).description(description);
    }
  }
  noteRepeated(program);
  return program;
}
