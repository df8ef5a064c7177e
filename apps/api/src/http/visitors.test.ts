/** Whose minute a request is charged to. */
import type { Request } from "express";
import { describe, expect, it } from "vitest";
import { MinuteBudget } from "./minute-budget.ts";
import { networkOf, SITE_SECRET_HEADER, VISITOR_HEADER, Visitors } from "./visitors.ts";

const request = (ip: string, headers: Record<string, string> = {}) =>
  ({ ip, get: (name: string) => headers[name] }) as unknown as Request;

it("is the reader's of whom the site tells, and nobody else's word counts", () => {
  const visitors = new Visitors("a secret of the site");
  const from = (secret: string) =>
    visitors.of(request("127.0.0.1", { [SITE_SECRET_HEADER]: secret, [VISITOR_HEADER]: "203.0.113.7" }));
  expect(from("a secret of the site")).toBe("203.0.113.7");
  expect(from("another secret here")).toBe("127.0.0.1");
  expect(visitors.of(request("198.51.100.2", { [VISITOR_HEADER]: "203.0.113.7" }))).toBe("198.51.100.2");
  expect(
    new Visitors(undefined).of(request("198.51.100.2", { [SITE_SECRET_HEADER]: "", [VISITOR_HEADER]: "x" })),
  ).toBe("198.51.100.2");
});

it.each([
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"],
  ["2001:0DB8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
])("%s is of %s", (address, network) => expect(networkOf(address)).toBe(network));

describe("a minute's points", () => {
  it("are taken by each for itself, and come back with the next minute", () => {
    let now = 0;
    const budget = new MinuteBudget(10, () => now);
    expect(budget.take("a", 7)).toEqual({ isOver: false, left: 3, seconds: 60 });
    expect(budget.take("a", 4)).toMatchObject({ isOver: true, left: 3 });
    expect(budget.take("a", 3)).toMatchObject({ isOver: false, left: 0 });
    expect(budget.take("b", 10)).toMatchObject({ isOver: false });
    now = 59_999;
    expect(budget.take("a", 1)).toMatchObject({ isOver: true, seconds: 1 });
    now = 60_000;
    expect(budget.take("a", 1)).toMatchObject({ isOver: false, left: 9 });
  });

  it("let a question that costs more than a minute pass once, alone", () => {
    const budget = new MinuteBudget(10, () => 0);
    expect(budget.take("a", 100)).toMatchObject({ isOver: false, left: 0 });
    expect(budget.take("a", 1)).toMatchObject({ isOver: true });
  });
});
