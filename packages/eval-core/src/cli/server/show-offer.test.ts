import { expect, it } from "vitest";
import { changeTable } from "./show-offer.ts";

const change = { suite: "overview", method: "owl", before: null, after: null };
const shown = (missing: readonly string[]) => changeTable([{ ...change, missing }]);

it("says which values are missing where a method would not be ranked", () => {
  expect(shown(["a/b/c"])).toMatch(/none: no value in a\/b\/c$/m);
  expect(shown(["a", "b", "c"])).toMatch(/none: no value in a, b and c$/m);
  expect(shown(["a", "b", "c", "d"])).toMatch(/none: no value in a, b and 2 more$/m);
  expect(changeTable([{ ...change, after: 3, missing: [] }])).toMatch(/ 3$/m);
});
