/** What the majority evaluation computes: loaded when it runs. */
import {
  type ConformanceKind,
  exactly,
  type GoldenFolder,
} from "../../../packages/eval-core/src/conformance/index.ts";
import type { Dataset } from "../../../packages/eval-core/src/datasets/index.ts";
import type { Result } from "../../../packages/eval-core/src/evaluations/evaluation.ts";
import type { RunContext, Spec } from "../../../packages/eval-core/src/evaluations/kind.ts";

export function commonest(labels: readonly number[], tie: "first" | "last"): number {
  const counts = [...Map.groupBy(labels, (label) => label)].map(([label, of]) => ({
    label,
    count: of.length,
  }));
  counts.sort((a, b) => b.count - a.count || (tie === "first" ? a.label - b.label : b.label - a.label));
  return counts[0]!.label;
}

export async function runMajority(
  { data, options }: Spec<{ tie: "first" | "last" }, Dataset>,
  { progress, signal }: RunContext,
): Promise<Result> {
  signal.throwIfAborted();
  const labels = (split: "train" | "test") => data.splits[split].map(({ label }) => label as number);
  const chosen = commonest(labels("train"), options.tie);
  const test = labels("test");
  const step = progress.step("counting");
  const right = test.filter((label) => label === chosen).length;
  step.update(test.length, test.length);
  step.end("done");
  const value = (100 * right) / test.length;
  return {
    values: [{ measure: `majority/${data.name}/accuracy`, value, interval: null, n: test.length }],
    record: { chosen, right },
  };
}

export const majorityCheck: Pick<ConformanceKind, "check"> = {
  async *check(folder: GoldenFolder) {
    const { labels, first, last } = folder.json<{ labels: number[]; first: number; last: number }>(
      "case.json",
    );
    yield exactly("case", "the first of the commonest", commonest(labels, "first") === first);
    yield exactly("case", "the last of the commonest", commonest(labels, "last") === last);
  },
};
