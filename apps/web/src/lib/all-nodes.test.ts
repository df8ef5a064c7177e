import { expect, it } from "vitest";
import { allNodes } from "./all-nodes.ts";

it("asks for page after page until there is none, and keeps the order", async () => {
  const asked: (string | null)[] = [];
  const nodes = await allNodes(async (after) => {
    asked.push(after);
    const from = Number(after ?? 0);
    return {
      nodes: [from, from + 1],
      pageInfo: { hasNextPage: from < 4, endCursor: String(from + 2) },
    };
  });
  expect(nodes).toEqual([0, 1, 2, 3, 4, 5]);
  expect(asked).toEqual([null, "2", "4"]);
});

it("takes one page where the list has one, and none where it is empty", async () => {
  expect(await allNodes(async () => ({ nodes: ["a"], pageInfo: { hasNextPage: false } }))).toEqual(["a"]);
  expect(
    await allNodes(async () => ({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } })),
  ).toEqual([]);
});
