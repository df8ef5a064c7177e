/** What one run answered for every test image, by its record. */
import { PREDICTIONS_ROLE, type Predictions, type TestSet } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import { CallerError } from "../../errors.ts";
import { isUuid } from "../../uuid.ts";

export interface RunPredictions {
  readonly sha256: string;
  readonly testSetName: string;
  readonly measures: readonly string[];
  readonly predictions: Predictions;
  readonly testSet: TestSet;
}

/** @throws CallerError where there is no such run; null where it has none that are here */
export async function predictionsOfRun(key: string, context: Context): Promise<RunPredictions | null> {
  const run = isUuid(key)
    ? await context.db.prisma.run.findUnique({ where: { id: key }, select: { record: true } })
    : null;
  if (!run) throw new CallerError("NOT_FOUND", "There is no run with this id.");
  const artefacts = (run.record as { artefacts?: unknown } | null)?.artefacts;
  const list = (Array.isArray(artefacts) ? artefacts : []) as { role?: unknown; sha256?: unknown }[];
  const sha256 = list.find(({ role }) => role === PREDICTIONS_ROLE)?.sha256;
  if (typeof sha256 !== "string") return null;
  const file = await context.predictions.predictions(sha256);
  const testSet = file && (await context.predictions.testSet(file.testSet));
  if (!file || !testSet) return null;
  const { predictions, measures } = file;
  return { sha256, testSetName: file.testSet, measures, predictions, testSet };
}
