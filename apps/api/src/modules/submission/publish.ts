/** What accepting a submission writes: what is new of its method, checkpoint, measures and protocols, and the values as SELF_REPORTED. */
import type { Prisma, TransactionClient } from "@transferboard/prisma";
import { Conflict } from "../../errors.ts";
import { type SubmissionBody, submissionSchema } from "./body.ts";
import { checkpointOf } from "./checkpoint.ts";
import { defined } from "./defined.ts";
import { recordMeasures } from "./new-measure.ts";
import { recordProtocols } from "./protocols.ts";
import { isTable } from "./table/body.ts";
import { publishTable } from "./table/publish.ts";

/** Known methods stay as they are: what a submission says of them is not taken over unseen. */
async function methodOf({ method }: SubmissionBody, tx: TransactionClient): Promise<number> {
  const known = await tx.method.findUnique({ where: { slug: method.slug }, select: { id: true } });
  if (known) return known.id;
  const { slug, name, family, year, paperTitle, paperUrl, bibtex, pretraining } = method;
  const { id } = await tx.method.create({
    data: {
      slug,
      name: name ?? slug,
      family: family ?? "OTHER",
      ...defined({ year, paperTitle, paperUrl, bibtex }),
    },
  });
  if (pretraining) await tx.pretraining.create({ data: { methodId: id, ...defined(pretraining) } });
  return id;
}

export async function publish(
  submission: { readonly id: string; readonly body: Prisma.JsonValue },
  tx: TransactionClient,
): Promise<void> {
  if (isTable(submission.body)) return publishTable(submission.id, submission.body, tx);
  const body = submissionSchema.parse(submission.body);
  const methodId = await methodOf(body, tx);
  const checkpointId = await checkpointOf(body, methodId, tx);
  await recordProtocols(body, tx);
  const idOf = await recordMeasures(
    body.values.map(({ measure }) => measure),
    tx,
  );
  const corrected = body.values.flatMap(({ corrects }) => (corrects === undefined ? [] : [BigInt(corrects)]));
  if (corrected.length > 0) {
    const taken = await tx.result.count({
      where: {
        id: { in: corrected },
        OR: [{ supersededBy: { isNot: null } }, { retraction: { isNot: null } }],
      },
    });
    if (taken > 0)
      throw new Conflict("An entry that this submission corrects was corrected or retracted meanwhile.");
  }
  const fresh = await withoutKnown(body, { methodId, checkpointId, idOf }, tx);
  if (fresh.length === 0) {
    throw new Conflict(
      "Every value of this submission is in the ledger already, from the same source: reject it.",
    );
  }
  await tx.result.createMany({
    data: fresh.map((value) => {
      const { interval } = value;
      return {
        methodId,
        checkpointId,
        measureId: idOf.get(value.measure)!,
        value: value.value,
        ...(interval && { intervalLower: interval.lower, intervalUpper: interval.upper }),
        ...defined({ sampleSize: value.sampleSize, protocolFingerprint: value.protocol }),
        seeds: (value.seeds ?? []).map(BigInt),
        provenance: "SELF_REPORTED" as const,
        source: value.source ?? body.source,
        submissionId: submission.id,
        ...(value.corrects !== undefined && { supersedesId: BigInt(value.corrects) }),
      };
    }),
  });
}

/** A value offered twice is one: the same method, weights, measure, protocol, value and source, still standing. */
async function withoutKnown(
  body: SubmissionBody,
  of: { methodId: number; checkpointId: number; idOf: ReadonlyMap<string, number> },
  tx: TransactionClient,
): Promise<SubmissionBody["values"]> {
  const rows = await tx.result.findMany({
    where: {
      methodId: of.methodId,
      checkpointId: of.checkpointId,
      measureId: { in: [...of.idOf.values()] },
      provenance: "SELF_REPORTED",
      supersededBy: null,
      retraction: null,
    },
    select: { measureId: true, value: true, protocolFingerprint: true, source: true },
  });
  return body.values.filter(
    (value) =>
      value.corrects !== undefined ||
      !rows.some(
        (row) =>
          row.measureId === of.idOf.get(value.measure) &&
          row.value === value.value &&
          (row.protocolFingerprint?.trim() ?? undefined) === value.protocol &&
          row.source === (value.source ?? body.source),
      ),
  );
}
