/** Where the methods stand, for the table that ends a command. The site's boards are the API's. */
import type { Aggregate, Database, Provenance } from "@transferboard/prisma";
import { aggregate, type Column, type Direction } from "../stats/index.ts";
import { WarehouseError } from "./errors.ts";

export interface BoardCell {
  readonly value: number;
  readonly provenance: Provenance;
}

export interface BoardRow {
  readonly method: { readonly slug: string; readonly name: string };
  /** 1 is best, ties share it; null for a method that lacks a value. */
  readonly rank: number | null;
  readonly score: number | null;
  /** One a measure, in the board's order. */
  readonly cells: readonly (BoardCell | null)[];
}

export interface Board {
  readonly title: string;
  readonly aggregate: Aggregate;
  readonly measures: readonly { readonly slug: string; readonly ranked: boolean; readonly unit: string }[];
  /** The best first, those without a rank last. */
  readonly rows: readonly BoardRow[];
  /** Why nobody is ranked, where that is so. */
  readonly reason: string | null;
}

const measureFields = { select: { id: true, slug: true, title: true, metric: true } } as const;

/** The suite of that slug, or the board of one measure. */
async function findColumns(db: Database, slug: string) {
  if (slug.includes("/")) {
    const measure = await db.measure.findUnique({ where: { slug }, ...measureFields });
    return (
      measure && { title: measure.title, aggregate: "MEAN" as const, columns: [{ ranked: true, measure }] }
    );
  }
  const suite = await db.suite.findUnique({
    where: { slug },
    include: {
      measures: { orderBy: { position: "asc" }, select: { ranked: true, measure: measureFields } },
    },
  });
  return suite && { title: suite.title, aggregate: suite.aggregate, columns: suite.measures };
}

interface CellRow {
  measureId: number;
  methodId: number;
  slug: string;
  name: string;
  value: number;
  provenance: Provenance;
}

/** The board of a suite or of one measure, as it is now. @throws WarehouseError for an unknown slug */
export async function boardOf(db: Database, slug: string): Promise<Board> {
  const found = await findColumns(db, slug);
  if (!found) throw new WarehouseError(`There is no suite and no measure '${slug}'.`);
  const { columns } = found;
  const ids = columns.map(({ measure }) => measure.id);
  const rows = await db.$queryRaw<CellRow[]>`
    SELECT c.measure_id AS "measureId", c.method_id AS "methodId", m.slug, m.name, c.value, c.provenance::text AS provenance
    FROM board_as_of('infinity') c JOIN method m ON m.id = c.method_id
    WHERE c.measure_id = ANY (${ids}::int[]) ORDER BY c.method_id`;
  const byMethod = Map.groupBy(rows, (row) => row.methodId);
  const methods = [...byMethod.values()].map((cells) => {
    const byMeasure = new Map(cells.map((cell) => [cell.measureId, cell]));
    const [{ slug: methodSlug, name }] = cells as [CellRow];
    return {
      method: { slug: methodSlug, name },
      cells: ids.map((id): BoardCell | null => {
        const cell = byMeasure.get(id);
        return cell ? { value: cell.value, provenance: cell.provenance } : null;
      }),
    };
  });
  const rankedBy = columns.flatMap(({ ranked }, at) => (ranked ? [at] : []));
  const table = aggregate(
    methods.map(({ cells }) => rankedBy.map((at) => cells[at]?.value)),
    rankedBy.map((at): Column => {
      const { slug: name, metric } = columns[at]!.measure;
      const { lower, upper } = metric;
      return { name, direction: metric.direction.toLowerCase() as Direction, lower, upper };
    }),
    found.aggregate,
  );
  const last = Number.POSITIVE_INFINITY;
  return {
    title: found.title,
    aggregate: found.aggregate,
    measures: columns.map(({ ranked, measure }) => ({
      slug: measure.slug,
      ranked,
      unit: measure.metric.unit,
    })),
    rows: methods
      .map((row, at) => ({ ...row, rank: table.rows[at]!.rank, score: table.rows[at]!.score }))
      .sort((a, b) => (a.rank ?? last) - (b.rank ?? last) || a.method.slug.localeCompare(b.method.slug)),
    reason: table.reason ?? null,
  };
}
