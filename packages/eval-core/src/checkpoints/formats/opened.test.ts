import { expect, it } from "vitest";
import { PickleObject } from "../pickle/values.ts";
import { StoredTensor } from "../stored.ts";
import { Closed, opened } from "./opened.ts";

const weight = () => new StoredTensor("float32", [1], () => expect.fail("nothing is read here"));
const scalar = () => new PickleObject("numpy.core.multiarray.scalar", []);

it("names what a dictionary of weights holds beside them, such as scalars of NumPy's", () => {
  const weights = new Map<string, unknown>([["conv1.weight", weight()]]);
  for (const name of ["bn1.num_batches_tracked", "bn2.num_batches_tracked"]) weights.set(name, scalar());
  const { closed } = opened(new Map<string, unknown>([["model", weights]]), new Closed());
  expect(closed).toEqual(new Map([["numpy.core.multiarray.scalar", 2]]));
});

it("is silent on plain data that lies beside the weights, such as the best accuracy so far", () => {
  const weights = new Map([["conv1.weight", weight()]]);
  const root = new Map<string, unknown>(Object.entries({ model: weights, best_acc1: scalar() }));
  expect(opened(root, new Closed()).closed).toEqual(new Map());
});
