import { describe, expect, it } from "vitest";
import { requestOf } from "./checkpoint.ts";
import type { EvaluateOptions } from "./request.ts";

const asked = (more: Partial<EvaluateOptions>) =>
  requestOf({
    checkpoint: "weights.pth",
    method: "mine",
    given: {},
    seed: "0",
    ...more,
  } as EvaluateOptions);

describe("what evaluate refuses before it reads the checkpoint", () => {
  it("a dataset whose files are nowhere", () =>
    expect(asked({ dataset: "cifar10", protocol: "many-shot-linear" })).rejects.toThrow(
      "say where the files of CIFAR10 are: --data DIR (CIFAR-10,",
    ));

  it("nothing to evaluate on", () =>
    expect(asked({ protocol: "many-shot-linear" })).rejects.toThrow("say on what: --dataset NAME"));

  it("a suite together with one of its datasets", () =>
    expect(asked({ suite: "many-shot-linear", dataset: "cifar10" })).rejects.toThrow("leave --dataset out"));
});
