import { describe, expect, it } from "vitest";
import { nearestAddress } from "./nearest-address.ts";

const message = "There is no method 'swaw'. Did you mean swav?";

describe("the address of a near name", () => {
  it("is the one that was asked for, with the name in its place", () => {
    expect(nearestAddress("/methods/swaw", message, "swav")).toBe("/methods/swav");
    expect(nearestAddress("/compare?methods=swaw&suite=overview", message, "swav")).toBe(
      "/compare?methods=swav&suite=overview",
    );
    expect(nearestAddress("/correlation?x=a%2Fb%2Fd", "There is no measure 'a/b/d'.", "a/b/c")).toBe(
      "/correlation?x=a/b/c",
    );
  });

  it("is put in place of a whole name only", () => {
    const short = "There is no method 'm'.";
    expect(nearestAddress("/methods/m", short, "moco-v1")).toBe("/methods/moco-v1");
    expect(nearestAddress("/compare?methods=swav%2Cm&suite=m", short, "moco-v1")).toBe(
      "/compare?methods=swav%2Cmoco-v1&suite=m",
    );
    expect(nearestAddress("/methods/swam", short, "moco-v1")).toBeNull();
    expect(nearestAddress("/methods/a.b", "There is no method 'a.b'.", "swav")).toBe("/methods/swav");
  });

  it("is none where the name is not in it, and never another site's", () => {
    expect(nearestAddress("/methods/other", message, "swav")).toBeNull();
    expect(nearestAddress(null, message, "swav")).toBeNull();
    expect(nearestAddress("//swaw", message, "swav")).toBeNull();
    expect(nearestAddress("/methods/swaw", "It is missing.", "swav")).toBeNull();
  });
});
