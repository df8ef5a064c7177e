/** The ledger's filters as Prisma conditions. */
import type { Prisma } from "@transferboard/prisma";
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

/** Live entries at the moment, unless the history is asked for. */
export function whereResults(
  filter: ResultFilter | null | undefined,
  snapshot: Snapshot,
  asOf: Date | null | undefined,
): Prisma.ResultWhereInput {
  const conditions: Prisma.ResultWhereInput[] = [];
  if (filter) {
    const measures = measureIds(filter, snapshot);
    const methods = methodIds(filter, snapshot.catalogue);
    if (measures) conditions.push({ measureId: { in: measures } });
    if (methods) conditions.push({ methodId: { in: methods } });
    if (filter.provenance) conditions.push({ provenance: { in: [...filter.provenance] } });
    if (filter.protocol) conditions.push({ protocolFingerprint: { in: [...filter.protocol] } });
  }
  if (asOf) conditions.push({ recordedAt: { lte: asOf } });
  if (!filter?.history) {
    const then = asOf ? { recordedAt: { lte: asOf } } : {};
    conditions.push({ supersededBy: { isNot: then } }, { retraction: { isNot: then } });
  }
  return { AND: conditions };
}
