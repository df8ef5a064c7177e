/** What a detection run costs on this machine: a step and a test image are tried, and reckoned over all. */
import type { VocDetectionData } from "../../datasets/dense/voc-detection.ts";
import type { Cost, CostContext, Spec } from "../kind.ts";
import { type DetectionAsked, scheduleOf } from "./settings.ts";

export async function detectionCost(
  { data, options }: Spec<DetectionAsked, VocDetectionData>,
  _context: CostContext,
): Promise<Cost> {
  const { steps, batch } = scheduleOf(data.name, options);
  return { images: data.splits.train.length + data.splits.test.length, toTrain: steps * batch };
}
