/** A plain list: a heading a column, a row an item. Tables that do more, such as the boards, are drawn on their own. */
import type { ReactNode } from "react";
import { ScrollRegion } from "./scroll-region";

export interface ListColumn<Row> {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
  /** Names the row to a screen reader. */
  readonly heads?: boolean;
  /** The title is for screen readers alone. */
  readonly untitled?: boolean;
  readonly className?: string;
  readonly show: (row: Row) => ReactNode;
}

export function ListTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  className = "",
  rowAttributes,
}: {
  label: string;
  columns: readonly ListColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  className?: string;
  /** What else a row of the table carries. */
  rowAttributes?: (row: Row) => Readonly<Record<`data-${string}`, string>>;
}) {
  return (
    <ScrollRegion label={label}>
      <table className={`w-full text-sm tabular-nums ${className}`}>
        <thead>
          <tr className="text-left text-muted [&>th]:border-b [&>th]:border-line [&>th]:px-2 [&>th]:py-1.5 [&>th]:align-bottom [&>th]:font-normal">
            {columns.map(({ title, numeric, untitled }) => (
              <th key={title} scope="col" className={numeric ? "text-right" : undefined}>
                {untitled ? <span className="sr-only">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              {...rowAttributes?.(row)}
              className="align-baseline [&>*]:border-b [&>*]:border-line [&>*]:px-2 [&>*]:py-1.5"
            >
              {columns.map(({ title, numeric, heads, className: own = "", show }) =>
                heads ? (
                  <th key={title} scope="row" className={`text-left font-medium ${own}`}>
                    {show(row)}
                  </th>
                ) : (
                  <td key={title} className={`${numeric ? "text-right whitespace-nowrap" : ""} ${own}`}>
                    {show(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
