/** Relay pages: of lists in memory, and of rows that were read one more than asked for. */
import { z } from "zod";
import { builder } from "./builder.ts";
import { BadInput } from "./errors.ts";
import { COST } from "./limits.ts";

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface Page<T> {
  readonly edges: { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | (() => Promise<number>);
}

const pageSize = z
  .number()
  .int()
  .min(1, `expected 1 to ${COST.maxPage}`)
  .max(COST.maxPage, `expected 1 to ${COST.maxPage}`);

/** The arguments of every list, checked. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description: `How many, 1 to ${COST.maxPage}.`,
    defaultValue: COST.defaultPage,
    validate: pageSize,
  }),
  after: t.string({ description: "The cursor of the last item already seen." }),
}));

/** What a list costs: its page size times what is asked of each item. */
export const pageCost = ({ first }: PageArgs) => ({
  field: COST.list,
  multiplier: Math.max(1, first ?? COST.defaultPage),
});

export const encodeCursor = (key: string) => Buffer.from(key).toString("base64url");

/** @throws BadInput on what no answer of ours contained. */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString();
  if (cursor === "" || cursor.length > 500 || encodeCursor(key) !== cursor) {
    throw new BadInput("'after' is not a cursor of this list: use an endCursor as it was answered.");
  }
  return key;
}

function toPage<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  has: { next: boolean; previous: boolean },
  totalCount: Page<T>["totalCount"],
): Page<T> {
  const edges = items.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: has.next,
      hasPreviousPage: has.previous,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

/**
 * A page of an ordered list. The cursor names the item, not its place, so that what is added meanwhile neither
 * repeats nor hides an item.
 */
export function pageOfList<T>(items: readonly T[], args: PageArgs, keyOf: (item: T) => string): Page<T> {
  const size = args.first ?? COST.defaultPage;
  let start = 0;
  if (args.after != null) {
    const key = decodeCursor(args.after);
    start = items.findIndex((item) => keyOf(item) === key) + 1;
    if (start === 0)
      throw new BadInput("'after' is not a cursor of this list: the item it names is not in it.");
  }
  const shown = items.slice(start, start + size);
  return toPage(shown, keyOf, { next: start + size < items.length, previous: start > 0 }, items.length);
}

/** A page of rows read from the database with a limit of one more than `first`. */
export function pageOfRows<T>(
  rows: readonly T[],
  args: PageArgs,
  keyOf: (row: T) => string,
  count: () => Promise<number>,
): Page<T> {
  const size = args.first ?? COST.defaultPage;
  const shown = rows.slice(0, size);
  return toPage(shown, keyOf, { next: rows.length > size, previous: args.after != null }, count);
}
