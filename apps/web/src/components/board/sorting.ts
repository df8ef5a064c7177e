/** The board's order in the address: `sort=rank`, `sort=-many-shot-linear/dtd/accuracy` (a minus is descending). */
export interface Sort {
  readonly id: string;
  readonly descending: boolean;
}

export const defaultSort: Sort = { id: "rank", descending: false };

export function parseSortText(text: string | null | undefined): Sort {
  if (!text) return defaultSort;
  const descending = text.startsWith("-");
  return { id: descending ? text.slice(1) : text, descending };
}

/** What names no column is the board's own order. */
export function parseSort(
  text: string | null | undefined,
  columns: readonly { readonly id: string }[],
): Sort {
  const sort = parseSortText(text);
  const known = sort.id === "rank" || sort.id === "method" || columns.some(({ id }) => id === sort.id);
  return known ? sort : defaultSort;
}

export function formatSort({ id, descending }: Sort): string {
  return `${descending ? "-" : ""}${id}`;
}

/** The order after a click on a header: best first, then reversed. */
export function nextSort(current: Sort, id: string, bestIsHigh: boolean): Sort {
  return current.id === id ? { id, descending: !current.descending } : { id, descending: bestIsHigh };
}
