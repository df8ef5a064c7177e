import { expect, it } from "vitest";
import type { Sql } from "../../database/sql.ts";
import { Snapshots } from "./load.ts";

const EMPTY = { methods: [], datasets: [], settings: [], metrics: [], measures: [], suites: [] };

/** A database whose log advances when told, and whose statements answer when told. */
function database() {
  const state = { event: 0, catalogue: 0, sent: [] as string[], broken: false };
  const waiting: (() => void)[] = [];
  const sql: Sql = async <Row extends object>(text: string) => {
    state.sent.push(text);
    const { event, catalogue, broken } = state;
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (broken) throw new Error("gone");
    const content = text.includes("as content") ? { content: EMPTY } : {};
    return [
      { ledger: `${event}`, catalogue: `${catalogue}`, event: `${event}`, moment: null, ...content },
    ] as unknown as Row[];
  };
  const answer = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, sql, answer };
}

it("reads the content once, and again when the catalogue changed", async () => {
  const { state, sql, answer } = database();
  const snapshots = new Snapshots(sql);
  const first = snapshots.read();
  await answer();
  const again = snapshots.read();
  await answer();
  expect((await again).catalogue).toBe((await first).catalogue);
  state.catalogue = 1;
  const changed = snapshots.read();
  await answer();
  await answer();
  expect((await changed).catalogue).not.toBe((await first).catalogue);
  expect(state.sent.map((text) => text.includes("as content"))).toEqual([true, false, false, true]);
});

it("shares one statement among those who came while another ran, and none of them is given an older one", async () => {
  const { state, sql, answer } = database();
  const snapshots = new Snapshots(sql);
  const early = snapshots.read();
  state.event = 7;
  const late = Array.from({ length: 20 }, () => snapshots.read());
  await answer();
  await answer();
  expect((await early).event).toBe("0");
  expect((await Promise.all(late)).map(({ event }) => event)).toEqual(Array(20).fill("7"));
  expect(state.sent).toHaveLength(2);
});

it("a statement that fails fails only those who shared it", async () => {
  const { state, sql, answer } = database();
  const snapshots = new Snapshots(sql);
  state.broken = true;
  const lost = snapshots.read();
  const refused = expect(lost).rejects.toThrow("gone");
  state.broken = false;
  const next = snapshots.read();
  await answer();
  state.broken = false;
  await answer();
  await refused;
  expect((await next).event).toBe("0");
});
