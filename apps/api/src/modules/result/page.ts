/**
 * Pages of the ledger by their last entry's key: a page deep in it is found in an index and costs what the first one does.
 * Here only the entries' ids are read, in their order; what is asked of each is read by Prisma after.
 */
import type { Prisma } from "@transferboard/prisma";
import type { Database } from "../../database/database.ts";
import type { Sql } from "../../database/sql.ts";
import type { Snapshot } from "../catalogue/load.ts";
import type { ResultFilter } from "./where.ts";
import { whereResults } from "./where.ts";

/** By position is by time: the ledger has one order. */
export const RESULT_ORDERS = ["POSITION", "VALUE", "RECORDED_AT"] as const;

export interface ResultOrder {
  readonly field: (typeof RESULT_ORDERS)[number];
  readonly direction: "ASC" | "DESC";
}

/** The last entry already seen; its value counts in the order of values. */
export interface LastSeen {
  readonly id: bigint;
  readonly value: number;
}

export interface IdsQuestion {
  readonly filter?: ResultFilter | null | undefined;
  readonly asOf?: Date | null | undefined;
  readonly order: ResultOrder;
  readonly after: LastSeen | null;
  readonly take: number;
}

/** One statement. */
export async function readIds(sql: Sql, snapshot: Snapshot, question: IdsQuestion): Promise<bigint[]> {
  const { filter, asOf, order, after, take } = question;
  const conditions = whereResults(filter, snapshot, asOf);
  const byValue = order.field === "VALUE";
  const beyond = order.direction === "ASC" ? ">" : "<";
  if (after) {
    const id = `${conditions.place(String(after.id))}::bigint`;
    conditions.add(
      byValue
        ? `(r.value, r.id) ${beyond} (${conditions.place(after.value)}::float8, ${id})`
        : `r.id ${beyond} ${id}`,
    );
  }
  const columns = byValue ? ["r.value", "r.id"] : ["r.id"];
  const ordered = columns.map((column) => `${column} ${order.direction.toLowerCase()}`).join(", ");
  const limit = conditions.place(take);
  const rows = await sql<{ id: string }>(
    `select r.id::text as id from result r where ${conditions.text} order by ${ordered} limit ${limit}::int`,
    conditions.values,
  );
  return rows.map(({ id }) => BigInt(id));
}

/** How many there are on all pages. One statement. */
export async function countResults(
  sql: Sql,
  snapshot: Snapshot,
  { filter, asOf }: Pick<IdsQuestion, "filter" | "asOf">,
): Promise<number> {
  const { text, values } = whereResults(filter, snapshot, asOf);
  const [row] = await sql<{ count: number }>(
    `select count(*)::int as count from result r where ${text}`,
    values,
  );
  return row?.count ?? 0;
}

type Row = Prisma.ResultGetPayload<object>;

/** The rows of these ids, in their order, with what else the query selects. */
export async function readRows(
  { prisma }: Pick<Database, "prisma">,
  ids: readonly bigint[],
  query: Pick<Prisma.ResultFindManyArgs, "select" | "include"> = {},
): Promise<Row[]> {
  if (ids.length === 0) return [];
  const rows = (await prisma.result.findMany({ ...query, where: { id: { in: [...ids] } } })) as Row[];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}
