/** Measures that come near a misspelt one: those that share its setting and dataset first, then its setting. */
import { nearest } from "../catalogue/nearest.ts";

export function nearestMeasures(wanted: string, known: readonly string[], count = 5): string[] {
  const [setting, dataset, metric = ""] = wanted.split("/");
  const metricOf = (slug: string) => slug.split("/")[2] ?? "";
  const siblings = known.filter((slug) => slug.startsWith(`${setting}/${dataset}/`));
  const byMetric = nearest(metric, siblings.map(metricOf), siblings.length);
  // A metric that is only misspelt has one answer: others of its dataset would be noise.
  if (byMetric.length > 0) return byMetric.slice(0, count).map((name) => `${setting}/${dataset}/${name}`);
  const ofSetting = nearest(wanted, known, known.length).toSorted(
    (a, b) => Number(b.startsWith(`${setting}/`)) - Number(a.startsWith(`${setting}/`)),
  );
  return [...new Set([...siblings, ...ofSetting])].slice(0, count);
}
