/** How many rows of a board one page has: the wider the board, the fewer. */

/** The API gives no more rows at once. */
const MOST_ROWS = 200;
/** A page of more cells than this takes the server and the browser longer than a reader waits. */
const MOST_CELLS = 1_500;
const FEWEST_ROWS = 25;

/** Rows of one page; a board of more is sorted and searched by the server. */
export const pageSize = (columns: number): number =>
  Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.floor(MOST_CELLS / columns)));
