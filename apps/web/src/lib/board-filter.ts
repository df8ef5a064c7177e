/**
 * Which methods and values a view keeps to, read from its address by the names that citations and exports use. What a
 * view has no control for arrives by a link, and stays until it is taken away. What cannot be read is no part of the
 * filter here; filter-faults.ts says what is wrong with it.
 */
import type { Augmentation, BoardFilter, Family, IntRange, Provenance } from "../../generated/graphql";
import { listOf, type Query } from "./address";
import { familyNames, provenanceNames } from "./format";

export const augmentationNames: Readonly<Record<Augmentation, string>> = {
  BLUR: "blur",
  COLOUR_JITTER: "colour jitter",
  GRAYSCALE: "grayscale",
  HORIZONTAL_FLIP: "horizontal flip",
  JIGSAW: "jigsaw",
  MULTI_CROP: "multi-crop",
  PCA_COLOUR: "PCA colour",
  RANDOM_CROP: "random crop",
  SOLARIZE: "solarize",
};

const keys = <T extends string>(names: Readonly<Record<T, string>>) => Object.keys(names) as T[];

/** Values that are not known in advance: the API says what is wrong with one. */
export const words = (text: string | undefined) =>
  (text ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

export const isFingerprint = (text: string) => /^[0-9a-f]{64}$/.test(text);

export const chosenProtocols = (query: Query): string[] => words(query.protocol).filter(isFingerprint);

function number(text: string | undefined, whole: boolean): number | undefined {
  const value = text?.trim() ? Number(text) : Number.NaN;
  return (whole ? Number.isInteger(value) : Number.isFinite(value)) ? value : undefined;
}

function range(query: Query, name: string, whole: boolean) {
  const [min, max] = [number(query[`${name}Min`], whole), number(query[`${name}Max`], whole)];
  return min === undefined && max === undefined ? undefined : { min, max };
}

/** The filter that the address asks for; null where it asks for none. */
export function readFilter(query: Query): BoardFilter | null {
  const all: BoardFilter = {
    methods: words(query.methods),
    family: listOf<Family>(keys(familyNames), query.family),
    year: range(query, "year", true),
    epochs: range(query, "epochs", false),
    batchSize: range(query, "batchSize", true),
    augmentation: listOf<Augmentation>(keys(augmentationNames), query.augmentation),
    withoutAugmentation: listOf<Augmentation>(keys(augmentationNames), query.withoutAugmentation),
    domain: words(query.domain),
    provenance: listOf<Provenance>(keys(provenanceNames), query.provenance),
    protocol: chosenProtocols(query),
  };
  const given = Object.entries(all).filter(([, one]) => (Array.isArray(one) ? one.length > 0 : one));
  return given.length > 0 ? Object.fromEntries(given) : null;
}

const between = ({ min, max }: IntRange) =>
  min === max
    ? `${min}`
    : min == null
      ? `at most ${max}`
      : max == null
        ? `at least ${min}`
        : `${min} to ${max}`;

/** Says a part of the filter in words. */
const sentences: {
  readonly [Name in keyof BoardFilter]-?: (given: NonNullable<BoardFilter[Name]>) => string;
} = {
  methods: (slugs) => `the methods ${slugs.join(", ")}`,
  family: (families) => `${families.map((one) => familyNames[one].toLowerCase()).join(", ")} methods`,
  year: (years) => `papers of the years ${between(years)}`,
  epochs: (epochs) => `pretraining epochs ${between(epochs)}`,
  batchSize: (sizes) => `batch sizes ${between(sizes)}`,
  augmentation: (names) => `pretraining with ${names.map((one) => augmentationNames[one]).join(", ")}`,
  withoutAugmentation: (names) =>
    `pretraining without ${names.map((one) => augmentationNames[one]).join(", ")}`,
  domain: (domains) => `datasets of ${domains.join(", ")}`,
  provenance: (ways) => `values ${ways.map((one) => provenanceNames[one].toLowerCase()).join(", ")}`,
  protocol: (prints) => `values under ${prints.length === 1 ? "one protocol" : `${prints.length} protocols`}`,
};

export type Part = keyof BoardFilter;

/** The names in the address of each part. */
const parameters: Readonly<Record<Part, readonly string[]>> = {
  methods: ["methods"],
  family: ["family"],
  year: ["yearMin", "yearMax"],
  epochs: ["epochsMin", "epochsMax"],
  batchSize: ["batchSizeMin", "batchSizeMax"],
  augmentation: ["augmentation"],
  withoutAugmentation: ["withoutAugmentation"],
  domain: ["domain"],
  provenance: ["provenance"],
  protocol: ["protocol"],
};

/** Each part that is in use and not shown by a control of its own: in words, and what takes it out of the address. */
export function partsOfFilter(
  query: Query,
  shown: readonly Part[],
): { words: string; without: Record<string, string> }[] {
  const filter = readFilter(query) ?? {};
  return (Object.keys(sentences) as Part[])
    .filter((part) => filter[part] && !shown.includes(part))
    .map((part) => ({
      // Each sentence takes its own part's value; TypeScript cannot follow that through a loop.
      words: (sentences[part] as (given: unknown) => string)(filter[part]),
      without: Object.fromEntries(parameters[part].map((name) => [name, ""])),
    }));
}

/** The parts that the view's own controls do not show, in words, and what stands for them in the address. */
export function hiddenFilter(query: Query, shown: readonly Part[]): { words: string[]; query: Query } {
  const parts = partsOfFilter(query, shown);
  const names = parts.flatMap(({ without }) => Object.keys(without));
  return {
    words: parts.map(({ words }) => words),
    query: Object.fromEntries(names.map((name) => [name, query[name]])),
  };
}

/** All that the address says of the filter, for another address that reads the same names. */
export const filterQuery = (query: Query): Query => hiddenFilter(query, []).query;

/** Takes the whole filter out of an address; also what of it cannot be read. */
export const noFilter: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(parameters)
    .flat()
    .map((name) => [name, ""]),
);
