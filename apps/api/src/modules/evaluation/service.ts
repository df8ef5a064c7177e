/** Asking our own workers for an evaluation: the request and its audit event in one transaction, or neither. */
import { type Asked, jobsOfAsked, ProtocolError } from "@transferboard/eval-core/declared";
import type {
  EvaluationJob,
  PlannedJob,
  RequestedEvaluation,
  TransactionClient,
} from "@transferboard/prisma";
import type { Context } from "../../context.ts";
import { transactAs } from "../../database/transact.ts";
import { BadInput, Conflict, NotAuthorized, NotFound } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { isUuid } from "../../uuid.ts";
import { requireViewer } from "../account/require.ts";
import type { Viewer } from "../account/viewer.ts";

export interface EvaluationInput {
  readonly checkpoint: string;
  readonly method: string;
  readonly suite?: string | null | undefined;
  readonly measure?: string | null | undefined;
  readonly mode: "converged" | "paper-exact";
  readonly options?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
  readonly preprocessing: string;
  readonly seed: number;
}

interface Read {
  /** Options by key. */
  readonly options: Record<string, string>;
  /** What the request is divided into; none where it is one piece. */
  readonly jobs: readonly PlannedJob[];
}

/** @throws BadInput where no evaluation gives what is asked, or it takes no such option */
function read(asked: Asked, { mode, options }: EvaluationInput): Read {
  const given = Object.fromEntries((options ?? []).map(({ name, value }) => [name, value]));
  if (Object.keys(given).length < (options ?? []).length) throw new BadInput("An option is given twice.");
  try {
    const jobs = jobsOfAsked(asked, { ...(mode === "converged" ? {} : { mode }), ...given });
    return { options: given, jobs };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new BadInput(`${error.message[0]!.toUpperCase()}${error.message.slice(1)}.`);
  }
}

async function found(id: string, { queue }: Context): Promise<RequestedEvaluation> {
  const evaluation = isUuid(id) ? await queue().find(id) : null;
  if (!evaluation) throw new NotFound("There is no evaluation with this id.");
  return evaluation;
}

export async function requestEvaluation(
  input: EvaluationInput,
  context: Context,
): Promise<RequestedEvaluation> {
  const viewer = await requireViewer(context, "SUBMIT");
  const { catalogue } = await context.snapshot();
  const { checkpoint, mode, preprocessing, seed } = input;
  if ((input.suite == null) === (input.measure == null)) {
    throw new BadInput("Name what to evaluate on: either 'suite' or 'measure'.");
  }
  const target =
    input.suite != null
      ? { suite: catalogue.suite(input.suite).slug }
      : { measure: catalogue.measure(input.measure ?? "").slug };
  const method = catalogue.method(input.method).slug;
  const known = await context.db.prisma.checkpoint.findUnique({
    where: { sha256: checkpoint },
    select: { method: { select: { slug: true } } },
  });
  if (known && known.method.slug !== method) {
    throw new BadInput(`The checkpoint with this SHA-256 is recorded as one of ${known.method.slug}.`);
  }
  const { options, jobs } = read(target, input);
  const asked = {
    ...{ checkpoint, method, target, mode, preprocessing, seed },
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
  const request = { ...asked, requestedById: viewer.accountId, tokenId: viewer.tokenId };
  const quota = LIMITS.evaluationsUnderWay;
  const id = await transactAs(context.db, viewer, async (tx) => {
    const sent = await context.queue().ask(request, quota, tx, jobs);
    if (!sent) {
      throw new Conflict(
        `This token has ${quota} evaluations waiting or running, as many as it may: wait for one to end, or cancel one.`,
      );
    }
    if (sent.isNew) await audit(tx, viewer, "evaluation.requested", sent.id, asked);
    return sent.id;
  });
  return found(id, context);
}

/** Ends a request that waits or runs. One that was cancelled before is answered as it stands. */
export async function cancelEvaluation(id: string, context: Context): Promise<RequestedEvaluation> {
  const viewer = await requireViewer(context, "SUBMIT");
  const { request, state } = await found(id, context);
  if (request.requestedById !== viewer.accountId && !viewer.can("ADMIN")) {
    throw new NotAuthorized("Only whoever asked for an evaluation may cancel it, or an administrator.");
  }
  if (state === "CANCELLED") return found(id, context);
  await transactAs(context.db, viewer, async (tx) => {
    const ended = await context.queue().cancel(id, tx);
    if (!ended) throw new Conflict("This evaluation has ended: there is nothing to cancel.");
    await audit(tx, viewer, "evaluation.cancelled", id, {});
  });
  return found(id, context);
}

async function audit(tx: TransactionClient, viewer: Viewer, event: string, id: string, details: object) {
  await tx.$executeRaw`select audit_append(${viewer.accountId}::int, ${event}, ${`evaluation/${id}`}, ${JSON.stringify(details)}::jsonb)`;
}

export const evaluationOf = found;

/** The jobs of a request, in their order. */
export const planOf = (id: string, { queue }: Context): Promise<readonly EvaluationJob[]> => queue().plan(id);
