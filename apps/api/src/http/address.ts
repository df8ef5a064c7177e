/**
 * The part of an address after the question mark, read parameter by parameter: what is wrong is kept, so that the reader is
 * told of every fault at once, those in names that nobody asked for among them.
 */
import { parseMoment } from "../builder.ts";
import { CallerError, shorten, UnknownSlug } from "../errors.ts";
import { nearest } from "../modules/catalogue/nearest.ts";

export interface AddressFault {
  readonly parameter: string;
  readonly message: string;
  readonly nearest: readonly string[];
}

/** More than these tell a reader nothing new. */
const MOST_FAULTS = 50;

/** An address with its faults: unknown names alone are a 404, anything else is a 400. */
class BadAddress extends CallerError {
  constructor(faults: readonly AddressFault[], onlyUnknown: boolean) {
    const sentences = faults.map(({ message }) => message).join(" ");
    const message = faults.length === 1 ? sentences : `The address has ${faults.length} faults. ${sentences}`;
    const near = faults.length === 1 ? { nearest: faults[0]?.nearest } : {};
    super(onlyUnknown ? "UNKNOWN_SLUG" : "BAD_INPUT", message, { faults, ...near });
  }
}

export interface Range {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export class Address {
  readonly #query: Readonly<Record<string, unknown>>;
  readonly #asked = new Set<string>();
  readonly #faults: AddressFault[] = [];
  #onlyUnknown = true;

  constructor(query: object) {
    this.#query = query as Readonly<Record<string, unknown>>;
  }

  fault(parameter: string, message: string, near: readonly string[] = []): undefined {
    const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : "";
    this.#faults.push({ parameter, message: `${message}${hint}`, nearest: near });
    this.#onlyUnknown = false;
  }

  /** Runs `look` on a value, and keeps the fault where that names something that is not there. */
  found<T>(parameter: string, look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof CallerError)) throw error;
      const near = error instanceof UnknownSlug ? error.nearest : [];
      this.#faults.push({ parameter, message: `'${parameter}': ${error.message}`, nearest: near });
      if (!(error instanceof UnknownSlug)) this.#onlyUnknown = false;
      return undefined;
    }
  }

  /** The value of a parameter that may stand once. */
  one(name: string): string | undefined {
    this.#asked.add(name);
    const values = [this.#query[name] ?? []].flat();
    if (values.length > 1) return this.fault(name, `'${name}' may stand once in the address.`);
    if (values.length === 1 && String(values[0]).trim() === "") return this.#empty(name);
    return values.length === 0 ? undefined : String(values[0]);
  }

  /** Every value of a parameter: repeated, or parted by commas. */
  many(name: string): string[] | undefined {
    this.#asked.add(name);
    const value = this.#query[name];
    if (value === undefined) return undefined;
    const parts = [value]
      .flat()
      .flatMap((part) => String(part).split(","))
      .map((part) => part.trim())
      .filter(Boolean);
    return parts.length === 0 ? this.#empty(name) : parts;
  }

  /** Looks each value up; undefined where there is none, or where one is wrong. */
  manyFound<T>(name: string, look: (value: string) => T): T[] | undefined {
    return this.many(name)?.flatMap((value) => this.found(name, () => look(value)) ?? []);
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const value = this.one(name);
    return value === undefined ? undefined : this.#known(name, value, known);
  }

  manyOf<T extends string>(name: string, known: readonly T[]): T[] | undefined {
    return this.many(name)?.flatMap((value) => this.#known(name, value, known) ?? []);
  }

  flag(name: string): boolean {
    return this.oneOf(name, ["TRUE", "FALSE"]) === "TRUE";
  }

  moment(name: string): Date | undefined {
    const text = this.one(name);
    return text === undefined ? undefined : this.found(name, () => parseMoment(text));
  }

  /** `yearMin` and `yearMax` of `year`. */
  range(name: string): Range | undefined {
    const min = this.#number(`${name}Min`);
    const max = this.#number(`${name}Max`);
    if (min !== undefined && max !== undefined && min > max) {
      this.fault(`${name}Min`, `'${name}Min' ${min} is above '${name}Max' ${max}: nothing lies between.`);
    }
    return min === undefined && max === undefined ? undefined : { min, max };
  }

  /** @throws what names every fault, where there is one. */
  done(): void {
    const asked = [...this.#asked];
    for (const name of Object.keys(this.#query)) {
      if (this.#asked.has(name)) continue;
      const near = nearest(name, asked, 3);
      const known = near.length > 0 ? "" : ` It takes ${asked.join(", ") || "none"}.`;
      this.fault(name, `There is no parameter '${shorten(name, 40)}' here.${known}`, near);
    }
    if (this.#faults.length > 0) throw new BadAddress(this.#faults.slice(0, MOST_FAULTS), this.#onlyUnknown);
  }

  #empty(name: string): undefined {
    return this.fault(name, `'${name}' is empty: give it a value, or leave it out.`);
  }

  #known<T extends string>(name: string, value: string, known: readonly T[]): T | undefined {
    const found = known.find((candidate) => candidate === value.toUpperCase());
    if (found) return found;
    const shown = `'${name}' must be of ${known.join(", ")}, not '${shorten(value, 40)}'.`;
    return this.fault(name, shown, nearest(value, known, 1));
  }

  #number(name: string): number | undefined {
    const text = this.one(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    return this.fault(name, `'${name}' must be a number, not '${shorten(text, 40)}'.`);
  }
}
