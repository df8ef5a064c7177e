/** A table of many methods: what is planted in it is found at its value, what is honest is not. */
import { expect, it } from "vitest";
import { SeededRandom } from "../../tensor/index.ts";
import type { OfferedValue } from "./input.ts";
import { fitOf } from "./ledger.ts";
import { type OfferedMethod, tableFindings } from "./over-table.ts";

const MEASURES = ["aircraft", "cars", "cifar10", "cifar100", "dtd", "flowers", "food", "pets"].map(
  (dataset) => `linear-probe/${dataset}/accuracy`,
);
const bounds = { lower: 0, upper: 100 };
const facts = {
  bounds: Object.fromEntries([...MEASURES, "linear-probe/food/top5"].map((measure) => [measure, bounds])),
  testSizes: {},
  classes: {},
};

/** Better methods are better everywhere, each a little its own way. */
function scores(random: SeededRandom): number[] {
  const skill = random.normal();
  return MEASURES.map((_, j) => {
    const logit = 1 - 0.2 * j + 0.7 * skill + 0.1 * random.normal();
    return Number((100 / (1 + Math.exp(-logit))).toFixed(3));
  });
}

const random = new SeededRandom(7);
const KNOWN = Array.from({ length: 40 }, () => scores(random));
const values = { rows: KNOWN.length, columns: MEASURES.length, data: Float64Array.from(KNOWN.flat()) };
const all = MEASURES.map(() => bounds);
const withoutFirst = { ...values, rows: 39, data: values.data.slice(MEASURES.length) };
const ledger = {
  methods: KNOWN.map((_, i) => `known-${i}`),
  measures: MEASURES,
  values,
  fits: [fitOf(values, all), fitOf(withoutFirst, all)],
};
const valuesOf = (own: readonly number[]): OfferedValue[] =>
  own.map((value, j) => ({ measure: MEASURES[j]!, value, protocol: "p" }));
const offer = (slug: string, own: readonly OfferedValue[], fit = 0, row = -1): OfferedMethod => ({
  ...{ slug, fit, row },
  values: own,
});
const NEW = Array.from({ length: 30 }, () => scores(random));
const honest = NEW.map((own, i) => offer(`new-${i}`, valuesOf(own)));
const found = (offers: readonly OfferedMethod[]) =>
  tableFindings({ ledger, facts, offers }).map(({ offer: at, value, code }) => [at, value, code]);

it("says nothing of an honest one, nor of a known method's own values again", () => {
  expect(found(honest)).toEqual([]);
  expect(found([offer("known-0", valuesOf(KNOWN[0]!), 1, 0)])).toEqual([]);
});

it("finds what is planted, at its value", () => {
  const planted = honest.map(({ slug, values: own }, i) => {
    if (i === 4) return offer(slug, valuesOf([...NEW[4]!.slice(0, 7), NEW[4]![7]! > 50 ? 3.217 : 97.421]));
    if (i === 9) return offer(slug, [...own, { measure: "linear-probe/food/top5", value: 1, protocol: "p" }]);
    if (i === 12) return offer(slug, valuesOf([...NEW[6]!.slice(0, 5), ...NEW[12]!.slice(5)]));
    if (i === 20) return offer(slug, valuesOf(NEW[20]!.map((value, j) => (j < 4 ? KNOWN[3]![j]! : value))));
    return offer(slug, own);
  });
  const doubts = found(planted);
  const of = (at: number) => doubts.filter(([one]) => one === at);
  expect(of(4)).toEqual([[4, 7, "OUTLIER"]]);
  expect(of(9)).toEqual([[9, 6, "TOP_ORDER"]]);
  expect(of(12)).toContainEqual([12, null, "COPY"]);
  expect(of(20)).toContainEqual([20, null, "COPY"]);
  expect(new Set(doubts.map(([at]) => at))).toEqual(new Set([4, 9, 12, 20]));
});

it("names a copy once, at the later of the two, and of many methods with one's values only some", () => {
  const copies = Array.from({ length: 8 }, (_, i) => offer(`copy-${i}`, valuesOf(NEW[0]!)));
  const all = tableFindings({ ledger, facts, offers: [...honest, ...copies] });
  const of = (at: number) => all.filter(({ offer: one }) => one === at).map(({ message }) => message);
  expect(of(0)).toEqual([]);
  expect(of(30)).toEqual([expect.stringMatching(/^8 of 8 values are those of new-0 to the last digit/)]);
  expect(of(37).length).toBe(6);
  expect(of(37).at(-1)).toBe("The same holds of 3 more methods.");
});
