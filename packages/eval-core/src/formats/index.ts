/** Results in the field's formats: one file a format, which reads to rows with places and writes rows back. */
import { clipBenchmarkCsv } from "./clip-benchmark-csv.ts";
import { efficientProbingCsv } from "./efficient-probing-csv.ts";
import { everyEvalEver } from "./every-eval-ever.ts";
import { hfEvalResults } from "./hf-eval-results.ts";
import { hfModelIndex } from "./hf-model-index.ts";
import { lmEval } from "./lm-eval.ts";
import { mteb } from "./mteb.ts";
import type { Format, TextFile } from "./shared/format.ts";
import { timmCsv } from "./timm-csv.ts";
import { torchgeoCsv } from "./torchgeo-csv.ts";
import { wandb } from "./wandb.ts";

export { checkCroissant } from "./croissant/check.ts";
export { croissant } from "./croissant/write.ts";
export { type CardMetric, type CardResult, measureTold, partOf, readCard, resultsOf } from "./hub/card.ts";
export {
  META as MTEB_META,
  METHOD as MTEB_METHOD,
  type MtebEntry,
  type MtebFile,
  type MtebFolder,
  type MtebSplit,
  namesOfMain,
  namesOfMetric,
  readMtebFolders,
  readTaskFile,
  splitsOf,
} from "./mteb/folder.ts";
export * from "./shared/format.ts";
export { isMeasure, isTestSplit } from "./shared/measures.ts";

/** In the order in which a file is asked what it is. */
export const FORMATS: readonly Format[] = [
  hfEvalResults,
  hfModelIndex,
  mteb,
  everyEvalEver,
  lmEval,
  timmCsv,
  torchgeoCsv,
  clipBenchmarkCsv,
  efficientProbingCsv,
  wandb,
];

export const formatNamed = (name: string): Format | undefined =>
  FORMATS.find((format) => format.name === name);

/** The format that the files look like; undefined where none does. */
export const recogniseFormat = (files: readonly TextFile[]): Format | undefined =>
  FORMATS.find((format) => format.recognise(files));
