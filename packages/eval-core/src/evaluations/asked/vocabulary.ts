/** Whether what an evaluation declares agrees with the vocabulary, which the seed and the API read in its place. */
import { datasetNamed, metricNamed, partsOf, settings } from "@transferboard/vocabulary";
import type { AnyKind } from "../kind.ts";

/** What does not agree, a sentence each; empty for a kind whose results can be recorded and shown. */
export function vocabularyFaults(kind: AnyKind): string[] {
  const faults: string[] = [];
  for (const { name, title } of kind.settings) {
    const known = settings.find(({ slug }) => slug === name);
    if (known && known.title !== title)
      faults.push(`the setting ${name} is '${title}' here and '${known.title}' in the vocabulary`);
    for (const dataset of kind.data.names) {
      for (const { slug } of kind.measures(name, kind.data.kindOf(dataset))) {
        const { dataset: named, metric } = partsOf(slug);
        if (!metricNamed(metric)) faults.push(`${slug}: the vocabulary has no metric '${metric}'`);
        if (named !== "folder" && !datasetNamed(named))
          faults.push(`${slug}: the vocabulary has no dataset '${named}'`);
      }
    }
  }
  for (const { measures } of kind.derivations ?? []) {
    for (const slug of measures as readonly string[]) {
      const { dataset, metric } = partsOf(slug);
      if (!metricNamed(metric) || !datasetNamed(dataset)) faults.push(`${slug} is not in the vocabulary`);
    }
  }
  return [...new Set(faults)];
}
