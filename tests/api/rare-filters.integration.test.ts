/**
 * A page of the ledger that few of many entries belong to is found in an index: Postgres may not walk the ledger in the
 * page's order and throw nearly all of it away, which takes a second of a million entries.
 */
import type { Sql } from "@transferboard/api/database/sql";
import { Snapshots } from "@transferboard/api/modules/catalogue/load";
import {
  type LastSeen,
  RESULT_ORDERS,
  type ResultOrder,
  readIds,
} from "@transferboard/api/modules/result/page";
import type { ResultFilter } from "@transferboard/api/modules/result/where";
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { generateWarehouse } from "@transferboard/prisma/testing/generate-warehouse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await testDatabase({ from: "seeded" });
  await generateWarehouse(database.url, { methods: 250, measures: 400, results: 60_000 });
  sql = (text, values = []) => database.client.$queryRawUnsafe(text, ...values);
});
afterAll(() => database.drop());

interface Plan {
  readonly "Rows Removed by Filter"?: number;
  readonly "Actual Loops": number;
  readonly Plans?: readonly Plan[];
}

const thrownAway = (plan: Plan): number =>
  (plan["Rows Removed by Filter"] ?? 0) * plan["Actual Loops"] +
  (plan.Plans ?? []).reduce((sum, part) => sum + thrownAway(part), 0);

/** How many entries the statement of a page reads and throws away. */
async function wasteOf(
  filter: ResultFilter,
  order: ResultOrder,
  after: LastSeen | null = null,
): Promise<number> {
  const snapshot = await new Snapshots(sql).read();
  let waste = Number.NaN;
  const explained: Sql = async (text, values) => {
    const [row] = await sql<{ "QUERY PLAN": readonly { Plan: Plan }[] }>(
      `explain (analyze, format json) ${text}`,
      values,
    );
    waste = thrownAway(row!["QUERY PLAN"][0]!.Plan);
    return [];
  };
  await readIds(explained, snapshot, { filter, order, after, take: 51 });
  return waste;
}

const ORDERS = RESULT_ORDERS.flatMap((field) =>
  (["ASC", "DESC"] as const).map((direction): ResultOrder => ({ field, direction })),
);

describe.each(ORDERS)("by $field, $direction", (order) => {
  it("of one of the paper's measures, of a suite of them, of one protocol", async () => {
    const protocol = await database.client.protocol.findFirstOrThrow({
      where: { settingSlug: "few-shot-20" },
    });
    const filters: ResultFilter[] = [
      { measures: ["segmentation/ade20k/mean-iou"] },
      { suite: "surface-normals" },
      { suite: "many-shot-linear" },
      { protocol: [protocol.fingerprint.trim()] },
    ];
    for (const filter of filters)
      expect(await wasteOf(filter, order), JSON.stringify(filter)).toBeLessThan(1_000);
  });

  it("of what most entries belong to, without looking at many", async () => {
    expect(await wasteOf({ suite: "generated-400" }, order)).toBeLessThan(5_000);
    expect(await wasteOf({}, order)).toBeLessThan(100);
  });
});
