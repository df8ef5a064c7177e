/** The golden of DINOv3's regression over its strong regularisation; `npm run test:full` holds all 45 values. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Finding, GoldenFolder } from "../../conformance/index.ts";
import { checkDinov3 } from "./conformance.ts";
import { C_GRID } from "./fit.ts";

it("finds the split, the optima up to C = 0.01, the first best of equals and the refit", {
  timeout: 300_000,
}, async () => {
  using folder = new GoldenFolder(
    fileURLToPath(new URL("../../../golden/probes/dinov3-logreg", import.meta.url)),
  );
  const cs = C_GRID.filter((c) => c < 0.011);
  const findings: Finding[] = [];
  for await (const one of checkDinov3(folder, { device: "cpu" }, cs)) findings.push(one);
  expect(findings).toHaveLength(2 * cs.length + 7);
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
});
