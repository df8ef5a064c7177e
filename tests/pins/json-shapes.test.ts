/** What `evaluate --json` printed once, programs read: fields may be added, none goes or changes its type. */
import { expect, it } from "vitest";
import { readGolden } from "./golden.ts";
import { jsonShapes } from "./json-shapes.ts";

it("the shapes of --json", async () => {
  expect(await jsonShapes()).toMatchObject(readGolden("json-shapes"));
}, 180_000);
