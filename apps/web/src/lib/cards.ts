/** What the cards on hover say: the first line is the title. */
import type { Direction, Family, Provenance } from "../../generated/graphql";
import { directionWords, familyNames, formatInterval, formatNumber, provenanceNames } from "./format";

const lines = (...parts: readonly (string | number | null | undefined | false)[]) =>
  parts.filter(Boolean).join("\n");

export interface CardMethod {
  readonly name: string;
  readonly family: Family;
  readonly year?: number | null;
  readonly paperTitle?: string | null;
  readonly pretraining?: { readonly epochs?: number | null; readonly batchSize?: number | null } | null;
}

export const methodCard = ({ name, family, year, paperTitle, pretraining }: CardMethod) =>
  lines(
    name,
    `${familyNames[family]}${year ? `, ${year}` : ""}`,
    paperTitle,
    pretraining &&
      `Epochs ${pretraining.epochs ?? "not stated"}, batch size ${pretraining.batchSize ?? "not stated"}`,
  );

export interface CardColumn {
  readonly title: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly ranked?: boolean;
  readonly dataset?: {
    readonly title: string;
    readonly domain: string;
    readonly classCount?: number | null;
    readonly trainSize?: number | null;
    readonly testSize?: number | null;
  };
}

const count = (value: number) => value.toLocaleString("en");

export const columnCard = ({ title, unit, direction, dataset, ranked }: CardColumn) =>
  lines(
    title,
    `In ${unit}, ${directionWords[direction]}`,
    dataset &&
      `${dataset.title}: ${dataset.domain}${dataset.classCount ? `, ${count(dataset.classCount)} classes` : ""}`,
    dataset?.trainSize &&
      `${count(dataset.trainSize)} images to train on${dataset.testSize ? `, ${count(dataset.testSize)} to test on` : ""}`,
    ranked === false && "Shown, but not part of the ranking",
  );

export interface CardCell {
  readonly value: number;
  readonly digits: number;
  readonly unit: string;
  readonly interval: { lower: number; upper: number } | null;
  readonly sampleSize: number | null;
  readonly provenance: Provenance | null;
  readonly source: string | null;
  readonly differentProtocol: boolean;
  readonly protocol: string | null;
  readonly supersedes: number | null;
}

export const cellCard = (name: string, cell: CardCell) =>
  lines(
    `${name}: ${formatNumber(cell.value, cell.digits)} ${cell.unit}`,
    cell.interval &&
      `95% interval ${formatInterval(cell.value, cell.interval.lower, cell.interval.upper, cell.digits)}${cell.sampleSize ? `, n = ${count(cell.sampleSize)}` : ""}`,
    cell.provenance && `${provenanceNames[cell.provenance]}: ${cell.source ?? "source not stated"}`,
    cell.differentProtocol &&
      (cell.protocol
        ? "† Under another protocol than most of this column: not ranked with it"
        : "† Under a protocol that is not known: not ranked with the column"),
    cell.protocol && `Protocol ${cell.protocol.slice(0, 10)}`,
    cell.supersedes !== null && `Corrected from ${formatNumber(cell.supersedes, cell.digits)}`,
  );
