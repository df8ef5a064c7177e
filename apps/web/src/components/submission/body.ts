/** A submission's values as they were offered. The API has checked the body; here only what is shown is read. */

export interface OfferedValue {
  readonly measure: string;
  readonly value: number;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  readonly sampleSize: number | null;
  readonly protocol: string | null;
  readonly corrects: string | null;
}

export interface OfferedBody {
  readonly source: string;
  readonly values: readonly OfferedValue[];
  readonly pictures: readonly OfferedPicture[];
}

export interface OfferedPicture {
  readonly sha256: string;
  readonly role: string;
  readonly item: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
const textOf = (value: unknown) => (typeof value === "string" ? value : null);
const numberOf = (value: unknown) => (typeof value === "number" ? value : null);

function offeredValue(value: unknown): OfferedValue[] {
  if (!isRecord(value)) return [];
  const [measure, number] = [textOf(value.measure), numberOf(value.value)];
  if (measure === null || number === null) return [];
  const { interval } = value;
  const [lower, upper] = isRecord(interval) ? [numberOf(interval.lower), numberOf(interval.upper)] : [];
  return [
    {
      measure,
      value: number,
      interval: lower != null && upper != null ? { lower, upper } : null,
      sampleSize: numberOf(value.sampleSize),
      protocol: textOf(value.protocol),
      corrects: textOf(value.corrects),
    },
  ];
}

function offeredPicture(value: unknown): OfferedPicture[] {
  if (!isRecord(value)) return [];
  const [sha256, role, item] = [textOf(value.sha256), textOf(value.role), textOf(value.item)];
  return sha256 === null || role === null || item === null ? [] : [{ sha256, role, item }];
}

export function readBody(body: unknown): OfferedBody {
  if (!isRecord(body)) return { source: "", values: [], pictures: [] };
  if (Array.isArray(body.rows)) return tableOf(body.rows);
  return {
    source: textOf(body.source) ?? "",
    values: Array.isArray(body.values) ? body.values.flatMap(offeredValue) : [],
    pictures: Array.isArray(body.pictures) ? body.pictures.flatMap(offeredPicture) : [],
  };
}

/** Of a table of a thousand models, what a page can show. */
const MOST_SHOWN = 500;

function tableOf(rows: readonly unknown[]): OfferedBody {
  const shown = rows.slice(0, MOST_SHOWN).flatMap((row) => {
    if (!isRecord(row)) return [];
    const [lower, upper] = Array.isArray(row.interval) ? row.interval : [];
    return offeredValue({
      ...row,
      sampleSize: row.n,
      interval: lower === undefined ? null : { lower, upper },
    });
  });
  const [first] = rows;
  return { source: (isRecord(first) && textOf(first.source)) || "", values: shown, pictures: [] };
}
