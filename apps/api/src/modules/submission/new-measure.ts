/**
 * Measures that a submission may bring: of a known setting on a known dataset, by metrics that the setting's measures on
 * another dataset have together. The calibration on one dataset follows from that of all; Aircraft by plain accuracy
 * does not, since no dataset is measured by that and by the mean over classes.
 */
import type { TransactionClient } from "@transferboard/prisma";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Measure } from "../catalogue/entities.ts";

/** No row has this id. */
const NOT_YET = -1;

const titleOf = (dataset: string, metric: string, setting: string) => `${dataset}: ${metric} (${setting})`;

/** The measure of that name, or the one that it would be. */
export function measureToBe(slug: string, catalogue: Catalogue): Measure | undefined {
  const known = catalogue.findMeasure(slug);
  if (known) return known;
  const [settingSlug = "", datasetSlug = "", metricSlug = "", ...rest] = slug.split("/");
  const setting = catalogue.settings.find((one) => one.slug === settingSlug);
  const dataset = catalogue.findDataset(datasetSlug);
  const metric = catalogue.metrics.find((one) => one.slug === metricSlug);
  if (!setting || !dataset || !metric || rest.length > 0) return undefined;
  const others = Map.groupBy(
    catalogue.measures.filter((measure) => measure.setting.slug === settingSlug),
    (measure) => measure.dataset.slug,
  );
  const metrics = [metric, ...(others.get(datasetSlug) ?? []).map((measure) => measure.metric)];
  const fits = [...others.values()].some((measures) =>
    metrics.every((one) => measures.some((measure) => measure.metric.slug === one.slug)),
  );
  if (!fits) return undefined;
  const title = titleOf(dataset.title, metric.title, setting.title);
  return { id: NOT_YET, slug, title, setting, dataset, metric };
}

/** The ids of measures by their names; those that are not there yet are added. */
export async function recordMeasures(
  slugs: readonly string[],
  tx: TransactionClient,
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...new Set(slugs)];
  const where = { slug: { in: wanted } };
  const known = new Set(
    (await tx.measure.findMany({ where, select: { slug: true } })).map(({ slug }) => slug),
  );
  const missing = wanted.filter((slug) => !known.has(slug));
  if (missing.length > 0) {
    const { _max: last } = await tx.measure.aggregate({ _max: { position: true } });
    const rows = await Promise.all(missing.map((slug, i) => newRow(slug, (last.position ?? -1) + 1 + i, tx)));
    await tx.measure.createMany({ data: rows, skipDuplicates: true });
  }
  const all = await tx.measure.findMany({ where, select: { id: true, slug: true } });
  return new Map(all.map(({ id, slug }) => [slug, id]));
}

async function newRow(slug: string, position: number, tx: TransactionClient) {
  const [settingSlug = "", datasetSlug = "", metricSlug = ""] = slug.split("/");
  const setting = await tx.setting.findUniqueOrThrow({ where: { slug: settingSlug } });
  const dataset = await tx.dataset.findUniqueOrThrow({ where: { slug: datasetSlug } });
  const metric = await tx.metric.findUniqueOrThrow({ where: { slug: metricSlug } });
  const title = titleOf(dataset.title, metric.title, setting.title);
  return { slug, title, settingSlug, datasetSlug, metricSlug, position };
}
