/**
 * A warehouse too large to be read whole is read by the column, and page by page: the same choice of values, protocols
 * and cells as from all of its entries.
 */
import { Snapshots } from "@transferboard/api/modules/catalogue/load";
import { LedgerCache } from "@transferboard/api/modules/ledger/cache";
import { toCells } from "@transferboard/api/modules/ledger/cells";
import { columnsOf, protocolsOf, valueIn } from "@transferboard/api/modules/ledger/columns";
import { openSource } from "@transferboard/api/modules/ledger/source";
import { generateWarehouse } from "@transferboard/prisma/testing/generate-warehouse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

const SIZE = { methods: 250, measures: 60, results: 14_000 };

let api: Api;
/** Before a second value, of another standing and protocol, came to some cells. */
let before: Date;
beforeAll(async () => {
  api = await startApi();
  await generateWarehouse(api.database.url, SIZE);
  const { client } = api.database;
  before = (await client.result.findFirstOrThrow({ orderBy: { id: "desc" } })).recordedAt;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const protocols = await client.protocol.findMany({ take: 3 });
  const drawn = await client.result.findMany({
    where: { source: "Generated" },
    orderBy: { methodId: "asc" },
    take: 600,
  });
  const run = await client.run.create({
    data: {
      identity: "1".repeat(64),
      protocolFingerprint: protocols[0]!.fingerprint,
      checkpointId: drawn[0]!.checkpointId,
      datasetSlug: "aircraft",
      datasetManifest: "2".repeat(64),
      seed: 0n,
      device: "cpu",
      versions: {},
      state: "DONE",
      record: {},
      startedAt: new Date(),
      finishedAt: new Date(),
    },
  });
  const fingerprintOf = (i: number) => (i % 10 === 5 ? null : protocols[i % 3]!.fingerprint);
  const again = drawn.map(({ methodId, checkpointId, measureId, value }, i) => {
    const cell = { methodId, checkpointId, measureId, value: value / 2, source: "again" };
    return { ...cell, provenance: "PUBLISHED" as const, protocolFingerprint: fingerprintOf(i) };
  });
  // A run measures a measure once. What it measured is shown, though a published value is newer.
  const ofRun = again.filter(({ checkpointId }) => checkpointId === run.checkpointId);
  const reproduced = [...Map.groupBy(ofRun, ({ measureId }) => measureId).values()].map(([cell]) => ({
    ...cell!,
    value: cell!.value / 2,
    provenance: "REPRODUCED" as const,
    protocolFingerprint: run.protocolFingerprint,
    runId: run.id,
  }));
  await client.result.createMany({ data: [...reproduced, ...again] });
}, 60_000);
afterAll(() => api.stop());

describe("by the column", () => {
  it.each([
    ["now", () => ({})],
    ["as of a moment before", () => ({ asOf: before })],
    ["of some provenance", () => ({ filter: { provenance: ["PUBLISHED"] as const } })],
    ["under one protocol", async () => ({ filter: { protocol: [await aProtocol()] } })],
  ])("%s, all is as from the entries", async (_, choose) => {
    const snapshot = await new Snapshots(api.db.sql).read();
    const ledger = new LedgerCache(api.db.sql);
    const { catalogue } = snapshot;
    const measures = catalogue.suite(`generated-${SIZE.measures}`).measures;
    const ids = measures.map(({ id }) => id);
    const question: { asOf?: Date; filter?: object } = await choose();
    const whole = toCells(await ledger.entries(snapshot, measures, question.asOf), question.filter);
    const source = await openSource(ledger, snapshot, { measures, ...question });

    const [value, expected] = [valueIn(source.columns), valueIn(columnsOf(whole, ids))];
    const protocols = await source.protocols();
    const plain = protocolsOf(whole, ids);
    let shown = 0;
    for (const { id } of measures) {
      for (const method of catalogue.methods) {
        if (value(id, method.id) !== expected(id, method.id)) {
          expect([id, method.slug, value(id, method.id)]).toEqual([id, method.slug, expected(id, method.id)]);
        }
        const name = (of: typeof plain) => of.names[(of.columns.get(id)?.[method.id] || 0) - 1] ?? null;
        if (name(protocols) !== name(plain)) {
          expect([id, method.slug, name(protocols)]).toEqual([id, method.slug, name(plain)]);
        }
        if (expected(id, method.id) !== undefined) shown += 1;
      }
    }
    expect(shown).toBeGreaterThan(100);

    const page = catalogue.methods.slice(20, 70);
    const cells = await source.cells(page);
    for (const { id } of measures) {
      for (const method of page) {
        expect(cells.get(id)?.get(method.id)).toEqual(whole.get(id)?.get(method.id));
      }
    }
  });
});

const aProtocol = async () =>
  (
    await api.database.client.result.findFirstOrThrow({
      where: { source: "again", protocolFingerprint: { not: null } },
    })
  ).protocolFingerprint!;

it("a board and its cells cost four statements, whatever its size", async () => {
  const BOARD = `query ($suite: String!, $first: Int!) { leaderboard(suite: $suite, first: $first) { totalCount
    columns { fingerprints } edges { rank node { cells { value differentProtocol } } } } }`;
  for (const [suite, first] of [
    ["generated-12", 5],
    [`generated-${SIZE.measures}`, 50],
  ] as const) {
    // Where the ledger stands, its values, its protocols, the page's cells.
    expect(await api.counted(BOARD, { variables: { suite, first } })).toHaveLength(4);
  }
});
