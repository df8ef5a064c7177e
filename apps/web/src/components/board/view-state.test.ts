import { describe, expect, it } from "vitest";
import { matches, readView, toggled } from "./view-state.ts";

describe("a board's view", () => {
  it("is a plain table of comparable values where the address says nothing", () => {
    expect(readView(() => null)).toEqual({
      search: "",
      hidden: new Set(),
      pinned: [],
      view: "table",
      heat: false,
      all: false,
      readout: null,
      ghosts: false,
    });
  });

  it("is read from its parameters", () => {
    const params = new URLSearchParams(
      "q= moco &hide=a/b/c,d/e/f&pin=swav&view=plot&heat=1&among=all&readout=each",
    );
    expect(readView((name) => params.get(name))).toEqual({
      search: "moco",
      hidden: new Set(["a/b/c", "d/e/f"]),
      pinned: ["swav"],
      view: "plot",
      heat: true,
      all: true,
      readout: "each",
      ghosts: false,
    });
  });

  it("toggles one of a list", () => {
    expect(toggled(["a", "b"], "b")).toBe("a");
    expect(toggled(["a"], "b")).toBe("a,b");
    expect(toggled(["a"], "a")).toBeUndefined();
  });

  it("finds rows by every word", () => {
    const row = { name: "MoCo-v2", slug: "moco-v2" };
    expect(matches("v2 moco", row)).toBe(true);
    expect(matches("v1", row)).toBe(false);
    expect(matches("", row)).toBe(true);
  });
});
