/** Measures that come near a misspelt one: those that share its setting and dataset first, then its setting. */
import { nearest } from "../catalogue/nearest.ts";

export function nearestMeasures(wanted: string, known: readonly string[], count = 5): string[] {
  const [setting, dataset, metric = ""] = wanted.split("/");
  const metricOf = (slug: string) => slug.split("/")[2] ?? "";
  const siblings = known.filter((slug) => slug.startsWith(`${setting}/${dataset}/`));
  const byMetric = nearest(metric, siblings.map(metricOf), siblings.length);
  const near = siblings.toSorted((a, b) => {
    const [i, j] = [byMetric.indexOf(metricOf(a)), byMetric.indexOf(metricOf(b))];
    return (i < 0 ? byMetric.length : i) - (j < 0 ? byMetric.length : j);
  });
  const ofSetting = nearest(wanted, known, known.length).toSorted(
    (a, b) => Number(b.startsWith(`${setting}/`)) - Number(a.startsWith(`${setting}/`)),
  );
  return [...new Set([...near, ...ofSetting])].slice(0, count);
}
