/**
 * What a reviewer needs before deciding: what may be wrong with a pending submission, and what accepting it would
 * change, both against the ledger as it is now. Once it is decided the question is no longer open, and neither is asked.
 */
import type { Context } from "../../context.ts";
import { type SubmissionBody, submissionSchema } from "./body.ts";
import { type RankChange, rankChanges } from "./changes.ts";
import { check } from "./check.ts";
import { type Fault, jsonPointer } from "./faults/fault.ts";
import { plausibilityOfTable } from "./plausibility/table.ts";
import { isTable } from "./table/body.ts";
import { warningsOfTable } from "./table/warnings.ts";

interface Row {
  readonly status: string;
  readonly body: unknown;
}

/** Places are pointers into the submission's body, whatever it was written in. */
export async function warningsOf({ status, body }: Row, context: Context): Promise<Fault[] | null> {
  if (status !== "PENDING") return null;
  if (isTable(body)) return warningsOfTable(body, await plausibilityOfTable(body, context));
  const { faults } = await check({ body, placeOf: jsonPointer, faults: [] }, context);
  return [...faults];
}

export async function changesOf({ status, body }: Row, context: Context): Promise<RankChange[] | null> {
  if (status !== "PENDING") return null;
  const { success, data } = submissionSchema.safeParse(body);
  return success ? changesBy(data, context) : [];
}

/** A measure that is new is in no suite. */
export async function changesBy(body: SubmissionBody, context: Context): Promise<RankChange[]> {
  const { catalogue } = await context.snapshot();
  const values = body.values.filter(({ measure }) => catalogue.findMeasure(measure));
  return rankChanges({ ...body, values }, context);
}
