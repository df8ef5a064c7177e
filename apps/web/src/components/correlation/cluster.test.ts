import { expect, it } from "vitest";
import { clusterOrder } from "./cluster.ts";

it("puts what goes together side by side, also where it goes apart", () => {
  const likeness = [
    [1, 0.1, 0.9, 0.1],
    [0.1, 1, 0.1, -0.8],
    [0.9, 0.1, 1, 0.2],
    [0.1, -0.8, 0.2, 1],
  ];
  const order = clusterOrder(likeness);
  expect(order.toSorted()).toEqual([0, 1, 2, 3]);
  expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1);
  expect(Math.abs(order.indexOf(1) - order.indexOf(3))).toBe(1);
});

it("keeps variables that go with nothing, and none", () => {
  expect(clusterOrder([])).toEqual([]);
  expect(
    clusterOrder([
      [1, null],
      [null, 1],
    ]),
  ).toHaveLength(2);
});
