/** Labels of two classes in a column, as users reported them: class numbers, and so accuracy, not mean average precision. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { evaluateFeatures } from "../../packages/eval-core/src/cli/evaluate/features.ts";
import { makeTerminal } from "../../packages/eval-core/src/cli/terminal.ts";

it("labels of shape [n, 1]", async () => {
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const terminal = { ...makeTerminal(true), say: () => undefined, print };
  const context = { terminal, signal: new AbortController().signal } as Parameters<
    typeof evaluateFeatures
  >[0];
  await evaluateFeatures(context, {
    features: join(import.meta.dirname, "17-labels-as-column", "features"),
    protocol: "many-shot-linear",
    given: {},
    device: "cpu",
    seed: "0",
    preprocessing: "imagenet-shorter-224",
    record: false,
    json: true,
  });
  const { values, warnings } = JSON.parse(lines.join("\n"));
  expect(values[0]).toMatchObject({ measure: "many-shot-linear/given/accuracy" });
  // scikit-learn's, of the same labels flat.
  expect(values[0].value).toBeCloseTo(73.333, 3);
  expect(warnings.join()).toMatch(/one column of shape \[\d+, 1\]: taken as class numbers/);
});
