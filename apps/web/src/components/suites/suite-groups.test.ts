/** The menus of boards hold every board once, whatever the record brings. */
import { describe, expect, it } from "vitest";
import { boardGroups } from "./suite-groups.ts";

const board = (slug: string) => ({ slug, title: slug.toUpperCase() });

describe("the groups of boards", () => {
  it("hold each once, the paper's first, those of no theme under a heading of their own, and the demo last", () => {
    const groups = boardGroups(["satellites", "demo", "knn", "segmentation", "overview"].map(board));
    expect(groups).toEqual([
      { title: "The paper’s boards", boards: [board("overview"), board("segmentation")] },
      { title: "Probes on frozen features", boards: [board("knn")] },
      { title: "Other boards", boards: [board("satellites")] },
      { title: "To try it out", boards: [board("demo")] },
    ]);
  });

  it("have no heading without boards", () => {
    expect(boardGroups([])).toEqual([]);
    expect(boardGroups([board("demo")])).toHaveLength(1);
  });
});
