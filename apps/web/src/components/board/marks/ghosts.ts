/** What a board's empty cells would hold, as other values predict it: asked for only where the reader wants it. */
import { graphql } from "../../../../generated";
import { ApiError, ask } from "../../../lib/api";
import type { BoardRow, Ghost } from "../rows";

const GhostsQuery = graphql(`
  query Ghosts($suite: String!, $methods: [String!]) {
    ghosts(suite: $suite, methods: $methods) {
      method {
        slug
      }
      measure {
        slug
      }
      value
      interval {
        lower
        upper
      }
    }
  }
`);

export interface Ghosts {
  /** By method and measure. */
  readonly of: ReadonlyMap<string, Ghost>;
  /** Why there are none, where the model is not ready. */
  readonly reason: string | null;
}

const key = (method: string, measure: string) => `${method} ${measure}`;

/** @param methods those of the page that is shown */
export async function ghostsOf(suite: string, methods: readonly string[]): Promise<Ghosts> {
  try {
    const { ghosts } = await ask(GhostsQuery, { suite, methods: [...new Set(methods)] });
    const of = new Map(
      ghosts.map(({ method, measure, value, interval }): [string, Ghost] => [
        key(method.slug, measure.slug),
        { value, lower: interval.lower, upper: interval.upper },
      ]),
    );
    return { of, reason: null };
  } catch (error) {
    // The board itself needs no forecast: it is shown, and what is missing is said.
    if (error instanceof ApiError) return { of: new Map(), reason: error.message };
    throw error;
  }
}

/** The rows with a ghost in each empty cell that has one. Nothing else of a row changes. */
export function withGhosts(
  rows: readonly BoardRow[],
  columns: readonly { readonly id: string }[],
  { of }: Ghosts,
): BoardRow[] {
  return rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell, index) => {
      const column = columns[index];
      const ghost = column && cell.value === null ? of.get(key(row.slug, column.id)) : undefined;
      return ghost ? { ...cell, ghost } : cell;
    }),
  }));
}
