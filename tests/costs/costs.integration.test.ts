/**
 * Cost is what a field really takes: no costly field may take much more of a processor for its cost than a bootstrap
 * does, which is what the limits were set by. By processor time and as a ratio, so that a busy machine changes little.
 * `npm run bench -- costs` prints the table.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { count } from "../../packages/eval-core/src/tensor/testing/counts.ts";
import { type Api, startApi } from "../api/harness.ts";
import { measureAll, table } from "./measure.ts";

/** So many times what a point of a bootstrap takes is too much. */
const FACTOR = 10;
/** What any request takes, whatever it asks: reading, answering, and this test's own part. In bootstraps. */
const REQUEST = 0.5;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

it("no field takes more than its cost says", { timeout: 600_000 }, async () => {
  const measured = await measureAll(api, count(3, 9));
  console.log(`\n${table(measured)}\n`);
  const reference = measured.find(({ name }) => name.includes("PEARSON, interval"))!;
  const point = reference.seconds / reference.cost;
  const dear = measured.filter(
    ({ cost, seconds }) => seconds > FACTOR * point * cost + REQUEST * reference.seconds,
  );
  expect(dear.map(({ name, cost, seconds }) => `${name}: ${seconds} s for ${cost}`)).toEqual([]);
});
