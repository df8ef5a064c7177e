/**
 * The record, as the evaluating process sees it: it has no database, and asks the worker. The worker records only what
 * belongs to the request, in the name of whoever asked, whatever it is told.
 */
import type { EvaluationRequest } from "@transferboard/prisma";
import { z } from "zod";
import type { Inside } from "../../sandbox/index.ts";
import type { CompanionToRecord, EvaluationToRecord, RunToRecord } from "../../warehouse/index.ts";
import type { Store } from "../evaluate/store.ts";
import { CommandError } from "../exit-codes.ts";

/** The child's side. */
export function remoteStore({ call }: Inside): Store {
  return {
    recorded: async (identity) =>
      (await call<Awaited<ReturnType<Store["recorded"]>> | null>("recorded", identity)) ?? undefined,
    runIds: (identities) => call("runIds", identities),
    refusalOf: async (run) =>
      (await call<Awaited<ReturnType<Store["refusalOf"]>> | null>("refusalOf", run)) ?? undefined,
    // Nobody reads it here.
    standing: async () => undefined,
    begin: (run) => call("begin", run),
    record: (evaluation, companions) => call("record", [evaluation, companions]),
    fail: (runId, reason) => call("fail", [runId, reason]),
    cancel: (runId) => call("cancel", runId),
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

export interface Handled {
  readonly handlers: Readonly<Record<string, (value: unknown) => unknown>>;
  /** Runs that were begun and have not ended: what a child that died leaves behind. */
  readonly open: ReadonlySet<string>;
  /** All that were begun. */
  readonly begun: ReadonlySet<string>;
}

/** The worker's side: answers the child, within what was asked for. */
export function handlersOn(store: Store, asked: EvaluationRequest): Handled {
  const open = new Set<string>();
  const begun = new Set<string>();
  const ids = new Map<string, string>();
  const within = (value: unknown): RunToRecord => {
    const parsed = run.parse(value);
    if (parsed.method.slug !== asked.method || parsed.checkpoint.sha256 !== asked.checkpoint) {
      throw new CommandError("what was evaluated is not what was asked for");
    }
    // A known method's name is nobody's to change here.
    return {
      ...parsed,
      method: { slug: asked.method },
      run: { ...parsed.run, requestedById: asked.requestedById },
    } as unknown as RunToRecord;
  };
  const own = (id: unknown): string => {
    const runId = z.string().parse(id);
    if (!open.has(runId)) throw new CommandError("this run is not of this request");
    open.delete(runId);
    return runId;
  };
  const handlers = {
    recorded: (value: unknown) => store.recorded(identity.parse(value)),
    runIds: (value: unknown) => store.runIds(z.array(identity).max(1_000).parse(value)),
    refusalOf: (value: unknown) => store.refusalOf(within(value)),
    begin: async (value: unknown) => {
      const described = within(value);
      const id = await store.begin(described);
      begun.add(id);
      open.add(id);
      ids.set(described.run.identity, id);
      return id;
    },
    record: async (value: unknown) => {
      const [evaluation, beside] = z.tuple([z.unknown(), companions]).parse(value);
      const described = within(evaluation) as EvaluationToRecord;
      await store.record(described, beside as unknown as CompanionToRecord[]);
      open.delete(ids.get(described.run.identity) ?? "");
    },
    fail: (value: unknown) => {
      const [id, reason] = z.tuple([z.string(), z.string()]).parse(value);
      return store.fail(own(id), reason);
    },
    cancel: (value: unknown) => store.cancel(own(value)),
    published: async (value: unknown) => [...(await store.published(z.string().parse(value)))],
  };
  return { handlers, open, begun };
}
