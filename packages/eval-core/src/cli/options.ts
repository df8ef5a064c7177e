/** Options that need a look before they are believed. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { DEVICE_CHOICES, type DeviceChoice } from "../runtime/index.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

export function deviceChoice(given: string): DeviceChoice {
  const choice = DEVICE_CHOICES.find((known) => known === given);
  if (choice) return choice;
  throw new CommandError(`unknown device '${given}': known are ${DEVICE_CHOICES.join(", ")}`, EXIT.usage);
}

/** A whole number of at least `least`. */
export function wholeNumber(option: string, given: string, least = 0): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && Number.isSafeInteger(number) && number >= least) return number;
  throw new CommandError(`${option} must be a whole number from ${least} up, not '${given}'`, EXIT.usage);
}

/** What a method is called in addresses; one of an organisation has a dot (`facebook.dinov2-base`). */
export function methodSlug(given: string): string {
  if (/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(given) && given.length <= 100) return given;
  throw new CommandError(
    `--method must be small letters and digits, parted by single hyphens or dots, such as moco-v2, not '${given}'`,
    EXIT.usage,
  );
}

/**
 * A file to write, looked at before the work of hours that is to be written there.
 * @throws CommandError when its folder is not there, or it is a folder itself
 */
export function fileToWrite(option: string, path: string): string {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(`${option} ${path}: there is no folder ${folder} to write to; make it first`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(`${option} ${path} is a folder: give the name of a file in it`);
  }
  return path;
}

/** Of an option that may be given several times: all of its values. */
export const collect = (one: string, earlier: readonly string[] = []): string[] => [...earlier, one];

/**
 * Of any other option the last value counts, so that a script can add to the options of another; but not without a word: what
 * was meant to be two runs would be one.
 */
export function noteRepeated(command: Command): void {
  for (const option of command.options) {
    if (option.parseArg === collect || option.variadic) continue;
    let before: unknown;
    command.on(`option:${option.name()}`, (value: unknown) => {
      if (before !== undefined && before !== value) {
        const note = `Note: ${option.long ?? option.flags} is given twice: '${value}' counts, '${before}' does not.\n`;
        command.configureOutput().writeErr?.(note);
      }
      before = value;
    });
  }
  for (const one of command.commands) noteRepeated(one);
}
