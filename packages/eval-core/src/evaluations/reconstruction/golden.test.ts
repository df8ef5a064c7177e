/** PyTorch's reconstruction of a small image by a narrow prior, step by step; the whole depth once; levels and colour. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { outside } from "../testing/outside.ts";
import { colourCases, dipCases, sixScalesCases } from "./conformance.ts";
import { lpipsCases } from "./lpips-conformance.ts";

const golden = (name: string) => fileURLToPath(new URL(`../../../golden/${name}`, import.meta.url));
const checkpoint = golden("checkpoint/torchvision.pth");

describe("reconstruction", () => {
  it("follows PyTorch's optimisation of a narrow prior", async () => {
    expect(await outside(dipCases(golden("features/dip"), checkpoint))).toEqual([]);
  });
  it("has PyTorch's gradients through all six scales", async () => {
    expect(await outside(sixScalesCases(golden("features/dip"), checkpoint))).toEqual([]);
  });
  it("has LPIPS's distances by all three networks, of true widths and narrow", async () => {
    expect(await outside(lpipsCases(golden("features/lpips")))).toEqual([]);
  });
  it("has the golden levels and colour errors", async () => {
    expect(await outside(colourCases(golden("features/colour")))).toEqual([]);
  });
});
