/** The weights of a submission: known by their hash, else by their name among the method's. */
import type { TransactionClient } from "@transferboard/prisma";
import type { Database } from "../../database/database.ts";
import { Conflict } from "../../errors.ts";
import type { SubmissionBody } from "./body.ts";
import { defined } from "./defined.ts";
import { type Draft, type Fault, fault } from "./faults/fault.ts";
import type { Parts } from "./parts.ts";

/** What would be a conflict when the submission is accepted. */
export async function checkpointFaults(
  { checkpoint: { sha256, name }, method }: Parts,
  placeOf: Draft["placeOf"],
  { prisma }: Pick<Database, "prisma">,
): Promise<Fault[]> {
  if (sha256 === undefined || !method) return [];
  // By its hash and by its name in one statement; whose it is, where it is somebody's.
  const known = await prisma.checkpoint.findMany({
    where: { OR: [{ sha256 }, ...(name ? [{ name, method: { slug: method.slug } }] : [])] },
    select: { sha256: true, methodId: true },
  });
  const bySha = known.find((one) => one.sha256?.trim() === sha256);
  if (bySha) {
    const { slug } = await prisma.method.findUniqueOrThrow({ where: { id: bySha.methodId } });
    if (slug === method.slug) return [];
    const message = `The checkpoint with this SHA-256 is recorded as one of ${slug}.`;
    return [
      fault(placeOf(["checkpoint", "sha256"]), message, {
        expected: `the method ${slug}, or other weights`,
      }),
    ];
  }
  if (known.length === 0) return [];
  const message = `${method.slug} has another checkpoint called '${name}'.`;
  return [fault(placeOf(["checkpoint", "name"]), message, { expected: "a name of its own" })];
}

/** The checkpoint's id; added where it is new. @throws Conflict where another one was recorded meanwhile */
export async function checkpointOf(
  { checkpoint }: SubmissionBody,
  methodId: number,
  tx: TransactionClient,
): Promise<number> {
  const { sha256 } = checkpoint ?? {};
  const bySha = sha256 ? await tx.checkpoint.findUnique({ where: { sha256 } }) : null;
  if (bySha) {
    if (bySha.methodId === methodId) return bySha.id;
    throw new Conflict("The checkpoint with this SHA-256 is recorded as another method's.");
  }
  const name = checkpoint?.name ?? (sha256 ? `file ${sha256.slice(0, 12)}` : "as submitted");
  const known = await tx.checkpoint.findUnique({ where: { methodId_name: { methodId, name } } });
  if (known) {
    if (!sha256) return known.id;
    throw new Conflict(
      `The method has another checkpoint called '${name}': give this one a name of its own.`,
    );
  }
  const { architecture, featureDimension, inputMean = [], inputStd = [] } = checkpoint ?? {};
  const { id } = await tx.checkpoint.create({
    // What was not stated stays unknown.
    data: { methodId, name, ...defined({ sha256, architecture, featureDimension }), inputMean, inputStd },
  });
  return id;
}
