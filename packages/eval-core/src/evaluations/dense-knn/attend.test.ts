/** The label estimate of a patch where the memory bank has fewer rows than neighbours are asked for: all of them vote. */
import { expect, it } from "vitest";
import { type Candidates, Cosines } from "../../probe/nearest/index.ts";
import { estimate } from "./attend.ts";

it("fewer rows than neighbours: all vote, by softmax of their cosines, with their shares of pixels", () => {
  const memory = { data: Float32Array.of(1, 0, 0, 1, 1, 1), count: 3, width: 2 };
  const query = { data: Float32Array.of(2, 0), count: 1, width: 2 };
  const candidates: Candidates = {
    from: 0,
    queries: 1,
    width: 3,
    index: Int32Array.of(0, 2, 1),
    similarity: Float32Array.of(1, Math.SQRT1_2, 0),
    complete: true,
    error: 1e-6,
  };
  const labels = { counts: Uint16Array.of(4, 0, 0, 2, 1, 3), totals: Uint16Array.of(4, 2, 4), classes: 2 };
  const found = new Float64Array(2);
  const how = { neighbours: 30, temperature: 0.5 };
  estimate(new Cosines(memory, query), candidates, 0, how, labels, found);
  const [first, third, second] = [1, Math.SQRT1_2, 0].map((s) => Math.exp(s / 0.5)) as [
    number,
    number,
    number,
  ];
  const sum = first + second + third;
  expect(found[0]).toBeCloseTo((first + third / 4) / sum, 7);
  expect(found[1]).toBeCloseTo((second + (3 * third) / 4) / sum, 7);
});
