/** A session ends: by signing out, by idleness, by age, and where too many others begin. */
import { expect, it } from "vitest";
import { SessionStore } from "./session-store";

const HOUR = 3_600_000;

it("knows a token by a name that tells nothing of it, until it ends", () => {
  const store = new SessionStore();
  const [one, other] = [store.begin("tb_secret"), store.begin("tb_secret")];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^[\w-]{43}$/);
  expect(store.tokenOf(one)).toBe("tb_secret");
  store.end(one);
  expect(store.tokenOf(one)).toBeUndefined();
  expect(store.tokenOf(other)).toBe("tb_secret");
  expect(store.tokenOf("tb_secret")).toBeUndefined();
});

it("ends after 12 hours without a page, and after a week of reading", () => {
  let now = 0;
  const store = new SessionStore({ now: () => now });
  const idle = store.begin("a");
  const busy = store.begin("b");
  for (now = 0; now <= 168 * HOUR; now += 6 * HOUR) expect(store.tokenOf(busy)).toBe("b");
  expect(store.tokenOf(busy)).toBeUndefined();
  expect(store.tokenOf(idle)).toBeUndefined();
});

it("holds so many: the one read longest ago makes room", () => {
  const store = new SessionStore({ most: 2 });
  const [first, second] = [store.begin("1"), store.begin("2")];
  store.tokenOf(first);
  const third = store.begin("3");
  expect([first, second, third].map((name) => store.tokenOf(name))).toEqual(["1", undefined, "3"]);
});
