/** Classes that are tested and were never trained on. */
import type { LinearArrays } from "../arrays/evaluate.ts";
import type { LinearSplit } from "./record.ts";

/** A warning where there are any: every test image of theirs is wrong, whatever the features. */
export function untrainedClasses({ train, val, test, task }: LinearArrays): string[] {
  if (task !== "multi-class") return [];
  const labels = ({ y }: LinearSplit) => new Set(Array.from(y.data as ArrayLike<number | bigint>, Number));
  const known = new Set([...labels(train), ...labels(val)]);
  const missing = [...labels(test)].filter((label) => !known.has(label)).sort((a, b) => a - b);
  if (missing.length === 0) return [];
  const shown = missing.slice(0, 5).join(", ");
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
  return [
    `The test split holds classes that no training image has (${shown}${more}): every test image of theirs counts as wrong.`,
  ];
}
