/** What is seeded: the published protocols' fingerprints, every measure, and what each metric and suite is. */

import { datasets, metrics, seededMeasures, settings, suites } from "../../packages/vocabulary/src/index.ts";
import { protocols } from "../../prisma/src/seed/protocols.ts";

export function vocabularyPins(): Record<string, unknown> {
  const bySlug = <T extends { readonly slug: string }>(kind: string, items: readonly T[]) =>
    items.map((item) => [`${kind} ${item.slug}`, item] as const);
  return Object.fromEntries([
    ...protocols.map((protocol) => [`published protocol ${protocol.setting}`, protocol] as const),
    ...bySlug("setting", settings),
    ...bySlug("metric", metrics),
    ...bySlug("dataset", datasets),
    ...bySlug("suite", suites),
    ["measures in the order of their columns", seededMeasures] as const,
  ]);
}
