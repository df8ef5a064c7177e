/** The process of the `transferboard` command: signals, errors and exit codes. The commands are in `program.ts`. */
import { CommanderError } from "commander";
import { colours } from "./colour.ts";
import { EXIT, exitCodeOf, sentenceOf } from "./exit-codes.ts";
import { makeProgram } from "./program.ts";
import { watchSignals } from "./signals.ts";

const interruption = watchSignals();

// Somebody starts us with a channel, a launcher on an older Node or `npm start`: its death, kill -9 included, is ours.
if (process.env.TRANSFERBOARD_RELAYED && process.channel) {
  process.on("disconnect", () => process.exit(EXIT.interrupted));
  process.channel.unref();
}

// `transferboard ... | head` ends the pipe early: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

try {
  const program = await makeProgram(interruption, process.argv.slice(2));
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has said by itself what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (interruption.aborted) return EXIT.interrupted;
  const { code, expected } = exitCodeOf(error);
  process.stderr.write(`${colours(process.stderr).red("transferboard:")} ${sentenceOf(error)}\n`);
  if (!expected && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return code;
}
