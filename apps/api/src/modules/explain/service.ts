/** Why a user's value is not the record's: the protocols' differences, and what each did alone in runs of ours. */
import { type Explanation, explain } from "@transferboard/eval-core/record";
import type { Context } from "../../context.ts";
import { BadInput, NotFound } from "../../errors.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import { rankBoard } from "../leaderboard/service.ts";
import type { Entry } from "../ledger/entries.ts";
import { openSource } from "../ledger/source.ts";
import { backedEntries } from "../predictions/find.ts";
import { pairTable, testPairs } from "../predictions/pair-table.ts";
import { type Difference, differences } from "../protocol/diff.ts";
import { type Body, experimentOf, fieldsThatDiffer, type Tried } from "./experiment.ts";

export interface ExplainQuestion {
  readonly method: string;
  readonly measure: string;
  readonly mine: {
    readonly value: number;
    readonly protocol?: unknown;
    readonly fingerprint?: string | null | undefined;
  };
}

export interface Explained {
  readonly method: Method;
  readonly measure: Measure;
  readonly entry: Entry;
  readonly mine: number;
  readonly differences: readonly Difference[];
  /** Fields in which the protocols differ and that no runs of ours tried. */
  readonly notTried: readonly string[];
  /** The smallest difference that the test images show; 0 where it is not known. */
  readonly resolution: number;
  readonly tried: Tried | null;
  readonly explanation: Explanation;
}

export async function explainValue(question: ExplainQuestion, context: Context): Promise<Explained> {
  const snapshot = await context.snapshot();
  const method = snapshot.catalogue.method(question.method);
  const measure = snapshot.catalogue.measure(question.measure);
  const source = await openSource(context.ledger, snapshot, { measures: [measure] });
  const entry = (await source.cells([method])).get(measure.id)?.get(method.id)?.entry;
  if (!entry)
    throw new NotFound(`${method.slug} has no value in ${measure.slug}: there is nothing to explain.`);
  const record = entry.fingerprint === null ? null : await bodyOf(entry.fingerprint, context);
  const mine = await mineOf(question.mine, context);
  const known = record !== null && mine !== null;
  const asked = known ? fieldsThatDiffer(record, mine) : [];
  const tried = known ? await experimentOf({ measure, record, mine, method: method.slug }, context) : null;
  const board = await rankBoard({ suite: measure.slug, among: "ALL" }, context);
  const resolution = (await pairTable(board, context))?.resolution ?? 0;
  const { value } = question.mine;
  const covered = new Set([...(tried?.changed.keys() ?? [])].flatMap((name) => name.split(" and ")));
  const explanation = explain({
    ...{ record: entry.value, mine: value, resolution },
    baseline: tried?.baseline ?? { value: entry.value, standardError: 0 },
    single: Object.fromEntries(tried?.changed ?? []),
    all: tried?.all ?? null,
    ...(tried ? { paired: await pairedErrors(tried, measure, context) } : {}),
  });
  return {
    ...{ method, measure, entry, resolution, tried, explanation, mine: value },
    differences: known ? differences(record, mine) : [],
    notTried: asked.filter((field) => !covered.has(field)),
  };
}

async function bodyOf(fingerprint: string, { db }: Context): Promise<Body | null> {
  const found = await db.prisma.protocol.findUnique({ where: { fingerprint }, select: { body: true } });
  return (found?.body as Body | undefined) ?? null;
}

/** @throws BadInput on what is no protocol */
async function mineOf(
  { protocol, fingerprint }: ExplainQuestion["mine"],
  context: Context,
): Promise<Body | null> {
  if (protocol != null && fingerprint != null)
    throw new BadInput("Give your protocol or its fingerprint, not both.");
  if (fingerprint != null) {
    const body = /^[0-9a-f]{64}$/.test(fingerprint) ? await bodyOf(fingerprint, context) : null;
    if (body) return body;
    throw new NotFound("No protocol with this fingerprint is recorded: give its fields as 'protocol'.");
  }
  if (protocol == null) return null;
  if (typeof protocol === "object" && !Array.isArray(protocol)) return protocol as Body;
  throw new BadInput("'protocol' is a JSON object: the fields of your protocol, named as the record's are.");
}

/** Of effects whose two runs have predictions of the same images: the difference's own standard error. */
async function pairedErrors(
  { baseline, changed }: Tried,
  measure: Measure,
  context: Context,
): Promise<Record<string, number>> {
  const all = [["", baseline] as const, ...changed];
  const single = all.filter(([, { values }]) => values.length === 1);
  const entries = single.map(([, { entryId, value }]) => ({
    measure,
    entry: { id: entryId, value } as Entry,
  }));
  const backed = await backedEntries(entries, context);
  const find = (id: string) => backed.find(({ entry }) => entry.id === id);
  const base = find(baseline.entryId);
  const errors: Record<string, number> = {};
  if (!base || baseline.values.length > 1) return errors;
  for (const [field, { entryId }] of changed) {
    const own = find(entryId);
    if (!own || own.file.testSet !== base.file.testSet) continue;
    const methods = [own.file.predictions, base.file.predictions];
    const [pair] = await testPairs({ metric: base.metric, methods, testSet: base.testSet }, context);
    if (pair) errors[field] = pair.standardError;
  }
  return errors;
}
