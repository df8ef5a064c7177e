/** The options that evaluations of dense prediction share: one form of each flag. */

import { choice, type Option, type OptionTable, path, text } from "../options.ts";
import { ProtocolError } from "../protocol-error.ts";

export const SCHEDULES = ["published", "shortened"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];
export const DENSE_MODES = ["default", "paper-exact"] as const;
/** `paper-exact`: wherever the papers' code differs from the protocol, what the code does. */
export type DenseMode = (typeof DENSE_MODES)[number];

export interface DenseOptions {
  /** Undefined: of the dataset, shortened for the drawn ones. */
  readonly schedule: ScheduleName | undefined;
  /** Undefined: the schedule's own. */
  readonly steps: number | undefined;
  readonly mode: DenseMode;
  /** Where the test predictions are written. */
  readonly predictions: string | undefined;
}

export function denseOptions(files: string): OptionTable<DenseOptions> {
  return {
    schedule: text<ScheduleName | undefined>("--schedule <name>", {
      help: "published, or shortened for the shipped drawings and narrow backbones",
      otherwise: undefined,
      otherwiseInWords: "published; shortened on the shipped drawings",
      fingerprint: true,
      example: "shortened",
      parse: (given) => choice("--schedule <name>", SCHEDULES, scheduleAbout).parse(given),
    }),
    steps: wholeOrSchedule,
    mode: choice("--mode <mode>", DENSE_MODES, {
      help: "default, or paper-exact: as the papers' code, where it differs",
      otherwise: "default",
      fingerprint: true,
      example: "paper-exact",
    }),
    predictions: path<string | undefined>("--predictions <folder>", "folder", {
      help: `write ${files}`,
      otherwise: undefined,
      fingerprint: false,
      parse: (given) => given,
    }),
  };
}

const scheduleAbout = { help: "", otherwise: "published", fingerprint: true, example: "shortened" } as const;

const wholeOrSchedule: Option<number | undefined> = text<number | undefined>("--steps <number>", {
  help: "training steps; the schedule is scaled to them",
  otherwise: undefined,
  otherwiseInWords: "the schedule's",
  fingerprint: true,
  example: "500",
  parse(given) {
    const number = Number(given);
    if (/^\d+$/.test(given) && Number.isSafeInteger(number) && number >= 1) return number;
    throw new ProtocolError(`--steps must be a whole number from 1 up, not '${given}'`);
  },
});

/** Which schedule a dataset is trained by where none is asked for. */
export const scheduleOf = (options: Pick<DenseOptions, "schedule">, dataset: string): ScheduleName =>
  options.schedule ?? (dataset.endsWith("-shapes") ? "shortened" : "published");
