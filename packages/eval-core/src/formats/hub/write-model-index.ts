/** Rows as a model card's model-index: a card a checkpoint, a result a measure and protocol. */
import { datasetNamed, partsOf } from "@transferboard/vocabulary";
import { stringify } from "yaml";
import type { OutRow, WriteContext, Written } from "../shared/format.ts";
import { repoOf } from "../shared/names.ts";
import { given } from "../shared/sheet.ts";

/** Our settings that the Hub has a task for. */
const TASKS: Readonly<Record<string, string>> = {
  robustness: "image-classification",
  imagenet: "image-classification",
  "many-shot-finetune": "image-classification",
  "zero-shot": "zero-shot-image-classification",
  segmentation: "image-segmentation",
  "linear-segmentation": "image-segmentation",
  "segmentation-probe": "image-segmentation",
  "detection-frozen": "object-detection",
  "detection-finetune": "object-detection",
};

function resultOf(row: OutRow): object {
  const { extra, interval, n, seeds, fingerprint, source, url } = row;
  const { setting, dataset, metric } = partsOf(row.measure);
  const args = given({
    protocol: fingerprint,
    n,
    lower: interval?.[0],
    upper: interval?.[1],
    seeds: seeds.length > 0 ? seeds : undefined,
  });
  const address = /^https?:/.test(source) ? source : url;
  return {
    task: { type: TASKS[setting] ?? "image-feature-extraction", name: setting },
    dataset: { type: dataset, name: datasetNamed(dataset)?.title ?? dataset, split: "test" },
    metrics: [
      {
        type: metric,
        name: row.measure,
        value: row.value,
        ...(Object.keys(args).length > 0 && { args }),
        ...given({ verified: extra.verified, verifyToken: extra.verifyToken }),
      },
    ],
    ...(address !== undefined && { source: { name: "transferboard", url: address } }),
  };
}

export function writeModelIndex(rows: readonly OutRow[], _context: WriteContext): Written {
  const models = Map.groupBy(rows, (row) => repoOf(row) ?? row.method);
  const revisions = (own: readonly OutRow[]) => new Set(own.map(({ checkpoint }) => checkpoint.name)).size;
  const files = [...models].map(([name, own]) => {
    const index = [{ name, results: own.map(resultOf) }];
    const folder = models.size === 1 ? "" : `${name.replaceAll("/", "__")}/`;
    return {
      name: `${folder}README.md`,
      text: `---\n${stringify({ "model-index": index }, { lineWidth: 0 })}---\n`,
    };
  });
  const left = [...models.values()].flatMap((own) =>
    revisions(own) > 1
      ? own
          .filter((row) => row.checkpoint.name !== own[0]!.checkpoint.name)
          .map((row) => ({ row, why: "a card is of one revision" }))
      : [],
  );
  return { files, left };
}
