import { expect, it } from "vitest";
import { type Item, makeItem } from "./dataset.ts";
import { drawByClass, splitTrainVal, stratifiedSplit, trainingSplits } from "./split.ts";

it("draws validation as NumPy: seed 0, permutation, the first floor(0.2 n)", () => {
  // numpy.random.seed(0); numpy.random.permutation(11)
  const order = [4, 9, 2, 10, 6, 1, 7, 8, 3, 0, 5];
  const { train, val } = splitTrainVal(11);
  expect(Array.from(val)).toEqual(order.slice(0, 2));
  expect(Array.from(train)).toEqual(order.slice(2));
  expect(splitTrainVal(4).val).toHaveLength(0);
});

it("draws from each class on its own, keeping the order of what is left", () => {
  const byClass = [
    ["a0", "a1", "a2", "a3", "a4"],
    ["b0", "b1", "b2"],
  ];
  const { drawn, rest } = drawByClass(byClass, (n) => n - 2);
  expect(drawn).toHaveLength(4);
  expect([...drawn, ...rest].toSorted()).toEqual(byClass.flat());
  expect(rest).toEqual(byClass.flat().filter((item) => rest.includes(item)));
  expect(drawByClass(byClass, (n) => n - 2)).toEqual({ drawn, rest });
});

it("keeps at least one image to test on, and refuses a class that cannot", () => {
  const { train, test } = stratifiedSplit([[1, 2], Array(10).fill(0)], ["two", "ten"], "here");
  expect([train.length, test.length]).toEqual([9, 3]);
  expect(() => stratifiedSplit([[1]], ["lone"], "here")).toThrow('class "lone" of here has one image');
});

it("takes a published validation split, else draws one, and says when train is too small", () => {
  const items = (count: number, from = 0): Item[] =>
    Array.from({ length: count }, (_, i) => makeItem(`${from + i}`, 0, { kind: "file", path: "x" }));
  const [train, val, test] = [items(4), items(2, 10), items(1, 20)];
  const own = trainingSplits({ splits: { train, val, test } });
  expect(own).toEqual({ train, val, trainVal: [...train, ...val], test, validationRule: "published" });
  expect(() => trainingSplits({ splits: { train, test } })).toThrow(
    "the train split has 4 images: a fifth of it",
  );
  expect(trainingSplits({ splits: { train: items(5), test } }).val).toHaveLength(1);
});
