/**
 * What a worker without a database does, done here in its stead. A lease belongs to the token that it was given to: another
 * token that knows its number is told that it is lost.
 */
import type { Readable } from "node:stream";
import type { ContentStore, Part } from "@transferboard/eval-core/artefacts";
import { type Handlers, handlersOn, leaseOf, type RecordCall } from "@transferboard/eval-core/jobs";
import {
  type Claim,
  dividedJob,
  type EvaluationOutcome,
  type EvaluationQueue,
  type EvaluationRequest,
  evaluationRequest,
  type Hold,
  type JobFound,
  type JobProgress,
  LeaseLost,
  type Taker,
} from "@transferboard/prisma";
import type { Database } from "../../database/database.ts";
import { BadInput, NotFound } from "../../errors.ts";
import { batched } from "./batch.ts";
import { LeaseBroker } from "./broker.ts";

/** Leases that are known without asking the database. */
const MOST_KNOWN = 5_000;

/** Which attempt, and whose token speaks for it. */
export interface LeaseName {
  readonly id: string;
  readonly attempt: number;
  readonly holder: string;
}

interface Known {
  readonly claim: Claim;
  /** Made with the first call: they remember which runs were begun under the lease. */
  handlers?: Handlers;
}

const nameOf = ({ id, attempt, holder }: LeaseName) => `${id} ${attempt} ${holder}`;

function requestIn(data: unknown): EvaluationRequest {
  const whole = evaluationRequest.safeParse(data);
  if (whole.success) return whole.data;
  // A job of a divided evaluation carries the request that it is of.
  const part = dividedJob.safeParse(data);
  if (part.success) return part.data.request;
  throw new BadInput("This job's request cannot be read here: nothing is recorded for it.");
}

export class WorkService {
  readonly #db: Database;
  readonly #queue: () => EvaluationQueue;
  readonly #content: ContentStore | undefined;
  readonly #broker: LeaseBroker;
  readonly #end: (end: LeaseName & { readonly outcome: EvaluationOutcome }) => Promise<boolean>;
  /** In the order in which they were given. */
  readonly #known = new Map<string, Known>();

  /** @param content where artefacts are kept; undefined where this server keeps none */
  constructor(db: Database, queue: () => EvaluationQueue, content: ContentStore | undefined) {
    this.#content = content;
    this.#db = db;
    this.#queue = queue;
    this.#broker = new LeaseBroker(queue);
    this.#end = batched((ends) => queue().endAll(ends));
  }

  async lease(
    taker: Taker & Pick<LeaseName, "holder">,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Claim | null> {
    const claim = await this.#broker.ask(taker, waitMs, signal);
    if (claim) this.#keep({ ...claim, holder: taker.holder }, claim);
    return claim;
  }

  async beat(lease: LeaseName, progress: JobProgress | undefined): Promise<Hold> {
    const known = await this.#find(lease);
    return known ? known.claim.beat(progress) : "lost";
  }

  async finish(lease: LeaseName, outcome: EvaluationOutcome): Promise<boolean> {
    return (await this.#find(lease)) !== null && this.#end({ ...lease, outcome });
  }

  async giveBack(lease: LeaseName, reason: string): Promise<boolean> {
    return (await this.#find(lease))?.claim.giveBack(reason) ?? false;
  }

  /** @throws LeaseLost */
  async found(lease: LeaseName): Promise<readonly JobFound[]> {
    return (await this.#require(lease)).claim.found();
  }

  /** @throws LeaseLost, or what the record says of it */
  async record(lease: LeaseName, call: RecordCall, value: unknown): Promise<unknown> {
    const known = await this.#require(lease);
    known.handlers ??= this.#handlersFor(known.claim);
    return (await known.handlers[call](value)) ?? null;
  }

  #handlersFor(claim: Claim): Handlers {
    const asked = requestIn(claim.data);
    const { store } = leaseOf(claim, this.#db.prisma, this.#content);
    // Of runs that were begun before this process was.
    const isOwn = async (id: string) => {
      const run = await this.#db.prisma.run.findFirst({
        where: { id, requestedById: asked.requestedById ?? null, checkpoint: { sha256: asked.checkpoint } },
        select: { id: true },
      });
      return run !== null;
    };
    return handlersOn(store, asked, isOwn).handlers;
  }

  /** Of these artefacts those that are to be sent; none where this server keeps none. */
  async missing(lease: LeaseName, sha256s: readonly string[]): Promise<readonly string[]> {
    await this.#require(lease);
    return this.#content?.missing(sha256s) ?? [];
  }

  /** What has come of an artefact, for whoever goes on sending it. */
  async parts(lease: LeaseName, sha256: string): Promise<readonly Part[]> {
    await this.#require(lease);
    return this.#kept().parts(lease.holder, sha256);
  }

  /** @throws LeaseLost where the job is another's by now */
  async putPart(lease: LeaseName, sha256: string, part: number, data: Uint8Array): Promise<void> {
    await this.#hold(lease);
    await this.#kept().putPart(lease.holder, sha256, part, data);
  }

  /** @throws LeaseLost, or ArtefactError where what came is not what it was said to be */
  async finishUpload(lease: LeaseName, sha256: string, bytes: number): Promise<void> {
    await this.#hold(lease);
    await this.#kept().finish(lease.holder, sha256, bytes);
  }

  async artefact(lease: LeaseName, sha256: string): Promise<Readable | undefined> {
    await this.#require(lease);
    return this.#content?.stream(sha256);
  }

  #kept(): ContentStore {
    if (this.#content) return this.#content;
    throw new NotFound("This server keeps no artefacts: neither ARTEFACTS_DIR nor ARTEFACTS_BUCKET is set.");
  }

  /** @throws LeaseLost where the lease is over */
  async #hold(lease: LeaseName): Promise<void> {
    const { claim } = await this.#require(lease);
    await this.#db.prisma.$transaction((tx) => claim.hold(tx, false));
  }

  async #require(lease: LeaseName): Promise<Known> {
    const known = await this.#find(lease);
    if (!known) throw new LeaseLost();
    return known;
  }

  /** Null where the lease never was this token's. Whether it still is, each deed finds out for itself. */
  async #find(lease: LeaseName): Promise<Known | null> {
    const known = this.#known.get(nameOf(lease));
    if (known) return known;
    const claim = await this.#queue().attempt(lease.id, lease.attempt, lease.holder);
    return claim && this.#keep(lease, claim);
  }

  #keep(lease: LeaseName, claim: Claim): Known {
    const kept = { claim };
    this.#known.set(nameOf(lease), kept);
    if (this.#known.size <= MOST_KNOWN) return kept;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest!);
    return kept;
  }
}
