/** The board's question as an address holds it: /export, /badge and feeds read the same names as GraphQL. */
import { parseMoment } from "../builder.ts";
import { BadInput } from "../errors.ts";
import {
  AGGREGATES,
  AUGMENTATIONS,
  type Augmentation,
  FAMILIES,
  PROVENANCES,
} from "../modules/catalogue/entities.ts";
import type { BoardFilter } from "../modules/leaderboard/service.ts";

type Query = Readonly<Record<string, unknown>>;

/** Every value of a parameter: repeated, or parted by commas. */
function many(query: Query, name: string): string[] | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  return [value]
    .flat()
    .flatMap((part) => String(part).split(","))
    .filter(Boolean);
}

export function one(query: Query, name: string): string | undefined {
  const values = [query[name]].flat();
  if (values.length > 1) throw new BadInput(`'${name}' may stand once in the address.`);
  return values[0] === undefined ? undefined : String(values[0]);
}

function oneOf<T extends string>(query: Query, name: string, known: readonly T[]): T[] | undefined {
  return many(query, name)?.map((value) => {
    const found = known.find((candidate) => candidate === value.toUpperCase());
    if (found) return found;
    throw new BadInput(`'${name}' must be of ${known.join(", ")}.`);
  });
}

function range(query: Query, name: string) {
  const ends = { min: one(query, `${name}Min`), max: one(query, `${name}Max`) };
  const [min, max] = Object.entries(ends).map(([end, text]) => {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value))
      throw new BadInput(`'${name}${end}' must be a number.`);
    return value;
  });
  return min === undefined && max === undefined ? undefined : { min, max };
}

const augmentations = Object.keys(AUGMENTATIONS) as Augmentation[];

export function readFilter(query: Query): BoardFilter {
  return {
    methods: many(query, "methods"),
    family: oneOf(query, "family", FAMILIES),
    year: range(query, "year"),
    epochs: range(query, "epochs"),
    batchSize: range(query, "batchSize"),
    augmentation: oneOf(query, "augmentation", augmentations),
    withoutAugmentation: oneOf(query, "withoutAugmentation", augmentations),
    domain: many(query, "domain"),
    provenance: oneOf(query, "provenance", PROVENANCES),
    protocol: many(query, "protocol"),
  };
}

export function readAsOf(query: Query): Date | null {
  const text = one(query, "asOf");
  return text === undefined ? null : parseMoment(text);
}

export const readAggregate = (query: Query) => oneOf(query, "aggregate", AGGREGATES)?.[0];
