/** Rows of text under headers, columns aligned: numbers to the right. */
export interface Column {
  readonly header: string;
  readonly align?: "left" | "right";
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ header }, i) =>
    Math.max(header.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? "";
        return align === "right" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
      })
      .join("  ")
      .trimEnd();
  // The last column may hold sentences: its rule is as long as its header.
  const last = columns.length - 1;
  const rule = widths
    .map((width, i) => "─".repeat(i === last ? columns[i]!.header.length : width))
    .join("  ");
  return [line(columns.map(({ header }) => header)), rule, ...rows.map(line)].join("\n");
}
