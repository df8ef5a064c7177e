/** The demo's suite: whatever can be evaluated without a download is in it, with both backbones. */
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { EVALUATIONS } from "../evaluations/registry.ts";
import { demoSuite } from "./demo-suite.ts";

it("has every setting that some shipped data is for, once a dataset and backbone", async () => {
  const all = await demoSuite();
  const asked = new Set(all.map(({ protocol }) => protocol));
  for (const { settings, data } of EVALUATIONS) {
    const shipped = await Promise.all(data.names.map((name) => data.locate(name, undefined, {})));
    const expected = shipped.some((place) => place !== undefined);
    for (const { name } of settings) expect([name, asked.has(name)]).toEqual([name, expected]);
  }
  const keys = all.map(({ protocol, dataset, method }) => `${protocol} ${dataset} ${method}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toContain("detection-frozen voc-shapes shapes");
  expect(all.every(({ checkpoint, family }) => existsSync(checkpoint!) && family === "CONTROL")).toBe(true);
});
