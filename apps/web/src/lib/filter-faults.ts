/**
 * What is wrong with the filter and the moment of an address, a sentence each. A value that cannot be read is never
 * passed over: the view would then show something else than its address says, and the exports would refuse it.
 */
import type { Aggregate } from "../../generated/graphql";
import { type Query, readMoment } from "./address";
import { augmentationNames, isFingerprint, words } from "./board-filter";
import { aggregateNames, familyNames, provenanceNames } from "./format";

const show = (text: string) => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

/** GraphQL's whole numbers have 32 bits. */
const mostWhole = 2 ** 31 - 1;

function listFaults(query: Query, name: string, known: readonly string[]): string[] {
  return words(query[name])
    .filter((one) => !known.includes(one))
    .map((one) => `“${name}” must be one of ${known.join(", ")}, not ${show(one)}.`);
}

function rangeFaults(query: Query, name: string, whole: boolean): string[] {
  const ends = [`${name}Min`, `${name}Max`] as const;
  const faults = ends.flatMap((end) => {
    const text = query[end]?.trim();
    if (!text) return [];
    const value = Number(text);
    const fits = whole ? Number.isInteger(value) && Math.abs(value) <= mostWhole : Number.isFinite(value);
    return fits ? [] : [`“${end}” must be a ${whole ? "whole " : ""}number, not ${show(text)}.`];
  });
  if (faults.length > 0) return faults;
  const [min, max] = ends.map((end) => query[end]?.trim());
  if (!min || !max || Number(min) <= Number(max)) return [];
  return [`“${ends[0]}” ${min} is above “${ends[1]}” ${max}.`];
}

const aggregateWords = (Object.keys(aggregateNames) as Aggregate[]).map((one) =>
  one.toLowerCase().replace("_", "-"),
);

/** Empty where all of it can be read. Whether a method or a domain of that name exists, the API says. */
export function filterFaults(query: Query): string[] {
  const fingerprints = words(query.protocol).filter((one) => !isFingerprint(one));
  const augmentations = Object.keys(augmentationNames);
  return [
    ...listFaults(query, "family", Object.keys(familyNames)),
    ...rangeFaults(query, "year", true),
    ...rangeFaults(query, "epochs", false),
    ...rangeFaults(query, "batchSize", true),
    ...listFaults(query, "augmentation", augmentations),
    ...listFaults(query, "withoutAugmentation", augmentations),
    ...listFaults(query, "provenance", Object.keys(provenanceNames)),
    ...fingerprints.map(
      (one) => `“protocol” must be one or more fingerprints of 64 hexadecimal digits, not ${show(one)}.`,
    ),
    ...(query.asOf && readMoment(query.asOf) === undefined
      ? [`“asOf” must be a day such as 2026-01-31 or an exact time, not ${show(query.asOf)}.`]
      : []),
  ];
}

/** A board's own choice beside the filter. */
export function aggregateFaults(query: Query): string[] {
  const given = query.aggregate?.toLowerCase();
  return given && !aggregateWords.includes(given)
    ? [`“aggregate” must be one of ${aggregateWords.join(", ")}, not ${show(given)}.`]
    : [];
}
