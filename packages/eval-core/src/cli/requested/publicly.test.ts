/** What everybody may read of why an evaluation failed. */
import { expect, it } from "vitest";
import { publicly } from "./publicly.ts";

it("names no folder of the worker's machine, and is text whatever a stranger's file holds", () => {
  const place = { checkpoints: "/w", checkpoint: "/w/deep/a.pth", data: "/sets", cache: "/tmp/cache" };
  expect(publicly("/w/deep/a.pth: the tensor 'x\0y\ud800' is not in /sets/dtd or /tmp/cache/f", place)).toBe(
    "the worker's checkpoints/deep/a.pth: the tensor 'x\ufffdy\ufffd' is not in the worker's data/dtd or the worker's cache/f",
  );
});
