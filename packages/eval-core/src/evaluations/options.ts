/**
 * What can be asked of an evaluation beyond its name: one table an evaluation, read by the command, the queue and the
 * GraphQL API. Text comes in, a checked value goes out.
 */
import { ProtocolError } from "./protocol-error.ts";

export interface Option<T> {
  /** As commander writes it: "--steps <number>", "--frozen". Its long name in camel case is the table's key. */
  readonly flag: string;
  /** One line, without the default. */
  readonly help: string;
  readonly type: "choice" | "number" | "text" | "file" | "folder" | "switch";
  /** Where nothing is given. */
  readonly otherwise: T;
  /** The default in words, where its value does not say it. */
  readonly otherwiseInWords?: string;
  /** Whether another value makes another protocol. */
  readonly fingerprint: boolean;
  /** Text that `parse` takes and that is not the default's. */
  readonly example: string;
  /** @throws ProtocolError saying what was expected and what was found */
  parse(text: string): T;
}

/** One option a field of `O`. */
export type OptionTable<O> = { readonly [K in keyof O]-?: Option<O[K]> };

/** Options as they are given: by key, as text; `true` for a switch. */
export type GivenOptions = Readonly<Record<string, string | boolean | undefined>>;

type About<T> = Pick<Option<T>, "help" | "otherwise" | "fingerprint" | "example"> &
  Partial<Pick<Option<T>, "otherwiseInWords">>;

const longName = (flag: string) => /--([a-z0-9-]+)/.exec(flag)?.[1] ?? flag;

/** "--few-shot <n>" -> "fewShot", as commander names it. */
export function keyOf(flag: string): string {
  return longName(flag).replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function choice<T extends string>(
  flag: string,
  choices: readonly T[],
  about: About<T>,
): Option<T> & { readonly choices: readonly T[] } {
  return {
    flag,
    type: "choice",
    choices,
    ...about,
    parse(text) {
      const known = choices.find((one) => one === text);
      if (known !== undefined) return known;
      throw new ProtocolError(`unknown ${longName(flag)} '${text}': known are ${choices.join(", ")}`);
    },
  };
}

/** A whole number of at least `least`. */
export function wholeNumber(flag: string, least: number, about: About<number>): Option<number> {
  return {
    flag,
    type: "number",
    ...about,
    parse(text) {
      const number = Number(text);
      if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
      throw new ProtocolError(`--${longName(flag)} must be a whole number from ${least} up, not '${text}'`);
    },
  };
}

/** Text that `parse` understands. */
export function text<T>(flag: string, about: About<T> & Pick<Option<T>, "parse">): Option<T> {
  return { flag, type: "text", ...about };
}

/** A file or folder of this machine: it cannot be asked of a worker elsewhere. */
export function path<T>(
  flag: string,
  type: "file" | "folder",
  about: Omit<About<T>, "example"> & Pick<Option<T>, "parse">,
): Option<T> {
  return { flag, type, example: type === "file" ? "path/to/file" : "path/to/folder", ...about };
}

/** True where it is given. */
export function toggle(flag: string, about: Pick<About<boolean>, "help" | "fingerprint">): Option<boolean> {
  return {
    flag,
    type: "switch",
    otherwise: false,
    example: "true",
    ...about,
    parse(given) {
      if (given === "true" || given === "false") return given === "true";
      throw new ProtocolError(`--${longName(flag)} takes no value, or true or false; found '${given}'`);
    },
  };
}

/** Whether it may be asked of a machine that is not this one. */
export const isRemote = ({ type }: Option<unknown>): boolean => type !== "file" && type !== "folder";

/** The values of a table's options. Keys that the table does not have are for the caller to refuse. */
export function parseOptions<O extends object>(table: OptionTable<O>, given: GivenOptions): O {
  return Object.fromEntries(
    Object.entries<Option<unknown>>(table).map(([key, option]) => {
      const value = given[key];
      return [key, value === undefined || value === false ? option.otherwise : option.parse(String(value))];
    }),
  ) as O;
}

/** Help with its default, as one line. */
export function helpOf({ help, otherwise, otherwiseInWords, type }: Option<unknown>): string {
  if (type === "switch") return help;
  const words = otherwiseInWords ?? (otherwise === undefined ? undefined : String(otherwise));
  return words === undefined ? help : `${help} (default: ${words})`;
}
