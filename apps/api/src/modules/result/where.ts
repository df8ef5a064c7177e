/** The ledger's filters as conditions of a statement. */
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Provenance } from "../catalogue/entities.ts";
import type { Snapshot } from "../catalogue/load.ts";
import { inDomains } from "../leaderboard/service.ts";
import { type MethodFilter, methodTest } from "../method/filter.ts";

export interface ResultFilter extends MethodFilter {
  readonly domain?: readonly string[] | null | undefined;
  readonly provenance?: readonly Provenance[] | null | undefined;
  readonly protocol?: readonly string[] | null | undefined;
  readonly measures?: readonly string[] | null | undefined;
  readonly suite?: string | null | undefined;
  readonly setting?: readonly string[] | null | undefined;
  readonly dataset?: readonly string[] | null | undefined;
  readonly metric?: readonly string[] | null | undefined;
  readonly history?: boolean | null | undefined;
}

const METHOD_FILTERS = [
  "methods",
  "family",
  "year",
  "epochs",
  "batchSize",
  "augmentation",
  "withoutAugmentation",
] as const;

function measureIds(filter: ResultFilter, snapshot: Snapshot): number[] | undefined {
  const { catalogue } = snapshot;
  const chosen = filter.measures && new Set(filter.measures.map((slug) => catalogue.measure(slug)));
  const columns = filter.suite == null ? null : new Set(catalogue.board(filter.suite).measures);
  const settings = known(filter.setting, (slug) => catalogue.setting(slug));
  const datasets = known(filter.dataset, (slug) => catalogue.dataset(slug));
  const metrics = known(filter.metric, (slug) => catalogue.metric(slug));
  if (!chosen && !columns && !settings && !datasets && !metrics && !filter.domain) return undefined;
  return inDomains(catalogue.measures, filter.domain, snapshot)
    .filter(
      (measure) =>
        (!chosen || chosen.has(measure)) &&
        (!columns || columns.has(measure)) &&
        (!settings || settings.includes(measure.setting)) &&
        (!datasets || datasets.includes(measure.dataset)) &&
        (!metrics || metrics.includes(measure.metric)),
    )
    .map(({ id }) => id);
}

/** Looking each one up refuses an unknown slug, with near matches. */
const known = <T>(slugs: readonly string[] | null | undefined, find: (slug: string) => T): T[] | null =>
  slugs ? slugs.map(find) : null;

function methodIds(filter: ResultFilter, catalogue: Catalogue): number[] | undefined {
  if (METHOD_FILTERS.every((name) => filter[name] == null)) return undefined;
  return catalogue.methods.filter(methodTest(filter, catalogue)).map(({ id }) => id);
}

/** Conditions on `result r`, with their values in order ($1, $2 ...). */
export class Conditions {
  readonly #texts: string[] = [];
  readonly values: unknown[] = [];

  /** A value's place in the statement. */
  place(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  add(text: string): void {
    this.#texts.push(text);
  }

  get text(): string {
    return this.#texts.length > 0 ? this.#texts.join(" and ") : "true";
  }
}

/**
 * Live entries at the moment, unless the history is asked for. As anti-joins: the outer joins that Prisma makes of the
 * same lead Postgres to compare every entry with every retraction.
 */
export function whereResults(
  filter: ResultFilter | null | undefined,
  snapshot: Snapshot,
  asOf: Date | null | undefined,
): Conditions {
  const conditions = new Conditions();
  const among = (column: string, type: string, values: readonly unknown[]) =>
    conditions.add(`${column} = any(${conditions.place(values)}::${type}[])`);
  if (filter) {
    const measures = measureIds(filter, snapshot);
    const methods = methodIds(filter, snapshot.catalogue);
    if (measures) among("r.measure_id", "int", measures);
    if (methods) among("r.method_id", "int", methods);
    if (filter.provenance) among("r.provenance", `text[]::"Provenance"`, filter.provenance);
    if (filter.protocol) among("r.protocol_fingerprint", "char(64)", filter.protocol);
  }
  const moment = asOf ? `${conditions.place(asOf.toISOString())}::timestamptz` : null;
  const by = (column: string) => (moment ? ` and ${column} <= ${moment}` : "");
  if (moment) conditions.add(`r.recorded_at <= ${moment}`);
  if (!filter?.history) {
    conditions.add(
      `not exists (select from result correction where correction.supersedes_id = r.id${by("correction.recorded_at")})`,
    );
    conditions.add(
      `not exists (select from retraction where retraction.result_id = r.id${by("retraction.recorded_at")})`,
    );
  }
  return conditions;
}
