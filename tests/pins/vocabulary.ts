/** What is seeded: the published protocols' fingerprints, every measure, and what each metric and suite is. */
import { protocols } from "../../prisma/src/seed/protocols.ts";
import { suitesOver } from "../../prisma/src/seed/suites.ts";
import { publishedValues } from "../../prisma/src/seed/tables.ts";
import { datasets, metrics, settings } from "../../prisma/src/seed/vocabulary.ts";

export function vocabularyPins(): Record<string, unknown> {
  const measures = [
    ...new Set(publishedValues().map(({ measure }) => measure)),
    "many-shot-linear/digits/accuracy",
  ];
  const bySlug = <T extends { readonly slug: string }>(kind: string, items: readonly T[]) =>
    items.map((item) => [`${kind} ${item.slug}`, item] as const);
  return Object.fromEntries([
    ...protocols.map((protocol) => [`published protocol ${protocol.setting}`, protocol] as const),
    ...bySlug("setting", settings),
    ...bySlug("metric", metrics),
    ...bySlug("dataset", datasets),
    ...bySlug("suite", suitesOver(measures)),
    ["measures in the order of their columns", measures] as const,
  ]);
}
