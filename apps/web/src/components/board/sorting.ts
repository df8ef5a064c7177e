/** The board's order in the address: `sort=rank`, `sort=-many-shot-linear/dtd/accuracy` (a minus is descending). */
import type { BoardColumn } from "./rows.ts";

export interface Sort {
  readonly id: string;
  readonly descending: boolean;
}

export const defaultSort: Sort = { id: "rank", descending: false };

export function parseSort(text: string | null | undefined, columns: readonly BoardColumn[]): Sort {
  if (!text) return defaultSort;
  const descending = text.startsWith("-");
  const id = descending ? text.slice(1) : text;
  const known = id === "rank" || id === "method" || columns.some((column) => column.id === id);
  return known ? { id, descending } : defaultSort;
}

export function formatSort({ id, descending }: Sort): string {
  return `${descending ? "-" : ""}${id}`;
}

/** The order after a click on a header: best first, then reversed. */
export function nextSort(current: Sort, id: string, bestIsHigh: boolean): Sort {
  return current.id === id ? { id, descending: !current.descending } : { id, descending: bestIsHigh };
}
