/** A filter as parameters of an address, by the names that the exports and the site's pages read them by. */
import type { CellFilter } from "../ledger/cells.ts";
import type { MethodFilter, Range } from "./filter.ts";

type Listed = readonly string[] | null | undefined;
type Parameters = Readonly<Record<string, string>>;

export interface FilterOfAddress extends MethodFilter, CellFilter {
  readonly domain?: Listed;
}

const list = (name: string, values: Listed): Parameters =>
  values && values.length > 0 ? { [name]: values.join(",") } : {};

const range = (name: string, given: Range | null | undefined): Parameters => ({
  ...(given?.min != null && { [`${name}Min`]: String(given.min) }),
  ...(given?.max != null && { [`${name}Max`]: String(given.max) }),
});

/** How each part of a filter is written: one that is missing here does not compile. */
const WRITERS: {
  readonly [Name in keyof Required<Omit<FilterOfAddress, "search">>]: (filter: FilterOfAddress) => Parameters;
} = {
  methods: ({ methods }) => list("methods", methods),
  family: ({ family }) => list("family", family),
  year: ({ year }) => range("year", year),
  epochs: ({ epochs }) => range("epochs", epochs),
  batchSize: ({ batchSize }) => range("batchSize", batchSize),
  augmentation: ({ augmentation }) => list("augmentation", augmentation),
  withoutAugmentation: ({ withoutAugmentation }) => list("withoutAugmentation", withoutAugmentation),
  domain: ({ domain }) => list("domain", domain),
  provenance: ({ provenance }) => list("provenance", provenance),
  protocol: ({ protocol }) => list("protocol", protocol),
};

export function filterParameters(filter: FilterOfAddress | null | undefined): Parameters {
  if (!filter) return {};
  return Object.assign({}, ...Object.values(WRITERS).map((write) => write(filter)));
}
