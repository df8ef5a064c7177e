/** CSV that no spreadsheet runs: RFC 4180, and cells that would be formulas are defused. */

/** A spreadsheet takes a text that begins so for a formula. A number is a number, whatever its sign. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

export function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvRow = (cells: readonly (string | number | null | undefined)[]) =>
  `${cells.map(csvCell).join(",")}\r\n`;
