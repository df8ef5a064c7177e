/**
 * The record, as seen from where there is no database: in the process that evaluates, and on a worker that reaches only the
 * API. Both ask by calls of plain JSON. Whoever has the record writes only what belongs to the request, in the name of
 * whoever asked for it, whatever it is told.
 */
import type { EvaluationRequest } from "@transferboard/prisma";
import { z } from "zod";
import type { CompanionToRecord, EvaluationToRecord, RunToRecord } from "../warehouse/index.ts";
import type { Store } from "./store.ts";

/** What the record is asked for. */
export const RECORD_CALLS = [
  ...["recorded", "runIds", "refusalOf", "begin"],
  ...["record", "fail", "cancel", "published"],
] as const;
export type RecordCall =
  | "recorded"
  | "runIds"
  | "refusalOf"
  | "begin"
  | "record"
  | "fail"
  | "cancel"
  | "published";

/** Asks the other side. @throws what that threw */
export type Call = <Answer>(name: RecordCall, value: unknown) => Promise<Answer>;

/** A record that is elsewhere. */
export function remoteStore(call: Call): Store {
  return {
    recorded: async (identity) =>
      (await call<Awaited<ReturnType<Store["recorded"]>> | null>("recorded", identity)) ?? undefined,
    runIds: (identities) => call("runIds", identities),
    refusalOf: async (run) => (await call<string | null>("refusalOf", run)) ?? undefined,
    // Nobody reads it here.
    standing: async () => undefined,
    begin: (run) => call("begin", run),
    record: async (evaluation, companions) => void (await call("record", [evaluation, companions])),
    fail: async (runId, reason) => void (await call("fail", [runId, reason])),
    cancel: async (runId) => void (await call("cancel", runId)),
    published: async (measure) => new Map(await call<[string, number][]>("published", measure)),
    close: async () => undefined,
  };
}

const identity = z.string().regex(/^[0-9a-f]{64}$/);
/** Dates are text on the way; the rest of a record is held by the database's own checks. */
const run = z.looseObject({
  method: z.looseObject({ slug: z.string() }),
  checkpoint: z.looseObject({ sha256: z.string() }),
  dataset: z.looseObject({}),
  protocol: z.looseObject({}),
  run: z.looseObject({ identity, startedAt: z.coerce.date(), finishedAt: z.coerce.date().optional() }),
});
const companions = z.array(z.looseObject({ identity })).max(100);

/** What was told does not belong to the request. Under its name it reaches the other side as bad input. */
export class RecordCallError extends Error {
  override readonly name = "WarehouseError";
}

export type Handlers = Readonly<Record<RecordCall, (value: unknown) => unknown>>;

export interface Handled {
  readonly handlers: Handlers;
  /** Runs that were begun here and have not ended: what a process that died leaves behind. */
  readonly open: ReadonlySet<string>;
  /** All that were begun here. */
  readonly begun: ReadonlySet<string>;
}

/**
 * Answers the calls, within what was asked for.
 * @param isOwn of a run that was not begun here, whether it is of the request all the same
 */
export function handlersOn(
  store: Store,
  asked: EvaluationRequest,
  isOwn: (runId: string) => Promise<boolean> = async () => false,
): Handled {
  const open = new Set<string>();
  const begun = new Set<string>();
  const ids = new Map<string, string>();
  const within = (value: unknown): RunToRecord => {
    const parsed = run.parse(value);
    if (parsed.method.slug !== asked.method || parsed.checkpoint.sha256 !== asked.checkpoint) {
      throw new RecordCallError("what was evaluated is not what was asked for");
    }
    // A known method's name is nobody's to change here, nor is which run another came out of: the record knows.
    const { parentRunId: _, ...own } = parsed.run;
    return {
      ...parsed,
      method: { slug: asked.method },
      run: { ...own, requestedById: asked.requestedById },
    } as unknown as RunToRecord;
  };
  const own = async (id: unknown): Promise<string> => {
    const runId = z.string().parse(id);
    open.delete(runId);
    if (!begun.has(runId) && !(await isOwn(runId)))
      throw new RecordCallError("this run is not of this request");
    return runId;
  };
  const handlers: Handlers = {
    recorded: (value) => store.recorded(identity.parse(value)),
    runIds: (value) => store.runIds(z.array(identity).max(1_000).parse(value)),
    refusalOf: (value) => store.refusalOf(within(value)),
    begin: async (value) => {
      const described = within(value);
      const id = await store.begin(described);
      begun.add(id);
      open.add(id);
      ids.set(described.run.identity, id);
      return id;
    },
    record: async (value) => {
      const [evaluation, beside] = z.tuple([z.unknown(), companions]).parse(value);
      const described = within(evaluation) as EvaluationToRecord;
      await store.record(described, beside as unknown as CompanionToRecord[]);
      open.delete(ids.get(described.run.identity) ?? "");
    },
    fail: async (value) => {
      const [id, reason] = z.tuple([z.string(), z.string()]).parse(value);
      return store.fail(await own(id), reason);
    },
    cancel: async (value) => store.cancel(await own(value)),
    published: async (value) => [...(await store.published(z.string().parse(value)))],
  };
  return { handlers, open, begun };
}
