/** Reads the paper's tables: each column is a measure, each row a method. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { dataFolder } from "../paths.ts";

export interface PublishedValue {
  /** As the tables print it: "MoCo-v1". */
  method: string;
  /** setting/dataset/metric */
  measure: string;
  source: string;
  value: number;
  /** Half the 95% interval's width, where the table prints one. */
  halfWidth: number | null;
}

/** Few-shot figures are means over this many episodes. */
export const episodes = 600;

const perClass = new Set(["aircraft", "caltech101", "flowers", "pets"]);

function manyShotMetric(dataset: string): string {
  if (dataset === "voc2007") return "map11";
  return perClass.has(dataset) ? "mean-per-class-accuracy" : "accuracy";
}

const datasetOf = (column: string) => (column === "isic" ? "isic2018" : column);

const manyShot = (setting: string) => (column: string) =>
  column === "imagenet_top1" ? "imagenet/imagenet/top1" : `${setting}/${column}/${manyShotMetric(column)}`;

const fewShot = (shots: number) => (column: string) => `few-shot-${shots}/${datasetOf(column)}/accuracy`;

/** "cropdiseases_5": the dataset, then the shots. */
function fewShotBoth(column: string): string {
  const [dataset = "", shots = ""] = column.split("_");
  return fewShot(Number(shots))(dataset);
}

/** "frozen_ap50" */
function detection(column: string): string {
  const [mode, metric] = column.split("_");
  return `detection-${mode}/voc2007/${metric}`;
}

const dense: Readonly<Record<string, string>> = {
  nyuv2_mean_error: "surface-normals/nyuv2/mean-error",
  nyuv2_median_error: "surface-normals/nyuv2/median-error",
  nyuv2_within_11_25: "surface-normals/nyuv2/within-11.25",
  nyuv2_within_22_5: "surface-normals/nyuv2/within-22.5",
  nyuv2_within_30: "surface-normals/nyuv2/within-30",
  ade20k_mean_iou: "segmentation/ade20k/mean-iou",
  ade20k_accuracy: "segmentation/ade20k/pixel-accuracy",
};

const features: Readonly<Record<string, string>> = {
  ece_linear: "calibration-linear/kornblith/ece",
  ece_linear_scaled: "calibration-linear/kornblith/ece-scaled",
  ece_finetune: "calibration-finetune/kornblith/ece",
  ece_finetune_scaled: "calibration-finetune/kornblith/ece-scaled",
  lpips_alexnet: "reconstruction/all/lpips-alexnet",
  lpips_vgg: "reconstruction/all/lpips-vgg",
  lpips_squeezenet: "reconstruction/all/lpips-squeezenet",
  colour_error_red: "reconstruction/all/colour-error-red",
  colour_error_green: "reconstruction/all/colour-error-green",
  colour_error_blue: "reconstruction/all/colour-error-blue",
  attentive_diffusion: "attention/all/diffusion",
};

/** A table whose columns are named one by one: an unknown one has no measure. */
const named = (names: Readonly<Record<string, string>>) => (column: string) => {
  const measure = names[column];
  if (!measure)
    throw new Error(`No measure for the column '${column}': known are ${Object.keys(names).join(", ")}.`);
  return measure;
};

const tables: readonly { file: string; source: string; measureOf: (column: string) => string }[] = [
  { file: "table1_many_shot_linear", source: "Table 1", measureOf: manyShot("many-shot-linear") },
  { file: "table1_many_shot_finetune", source: "Table 1", measureOf: manyShot("many-shot-finetune") },
  { file: "table2_few_shot_20_kornblith", source: "Table 2", measureOf: fewShot(20) },
  { file: "table3_few_shot_20_cdfsl", source: "Table 3", measureOf: fewShot(20) },
  { file: "table4_detection_voc", source: "Table 4", measureOf: detection },
  { file: "table5_dense", source: "Table 5", measureOf: named(dense) },
  { file: "table6_few_shot_5_kornblith", source: "Table 6", measureOf: fewShot(5) },
  { file: "table7_few_shot_50_kornblith", source: "Table 7", measureOf: fewShot(50) },
  { file: "table8_few_shot_5_50_cdfsl", source: "Table 8", measureOf: fewShotBoth },
  { file: "table9_feature_analysis", source: "Table 9", measureOf: named(features) },
];

/** One object a row, by column. */
function readTable(file: string): Record<string, string>[] {
  return parse(readFileSync(join(dataFolder, `${file}.csv`), "utf8"), { columns: true, bom: true });
}

/** "48.67 ± 0.93", or a number alone. */
function parseCell(text: string, where: string): { value: number; halfWidth: number | null } {
  const match = /^(\d+(?:\.\d+)?)(?: ± (\d+\.\d+))?$/.exec(text);
  if (!match) throw new Error(`${where} holds '${text}': expected a number, or a number ± a number.`);
  return { value: Number(match[1]), halfWidth: match[2] === undefined ? null : Number(match[2]) };
}

/** Every value of Tables 1 to 9, in the tables' order. */
export function publishedValues(): PublishedValue[] {
  return tables.flatMap(({ file, source, measureOf }) =>
    readTable(file).flatMap(({ method = "", ...cells }) =>
      Object.entries(cells).map(([column, text]) => ({
        method,
        measure: measureOf(column),
        source,
        ...parseCell(text, `${file}, ${method}, ${column}`),
      })),
    ),
  );
}

export interface PublishedPretraining {
  method: string;
  columns: Record<string, string | number | boolean>;
}

const yesNo: Readonly<Record<string, boolean>> = { yes: true, no: false, multi: true, PCA: false };

/** Table 10, as the columns of `pretraining`. */
export function publishedPretraining(): PublishedPretraining[] {
  return readTable("table10_pretraining").map(
    ({ method = "", source = "", epochs, batch_size, ...flags }) => {
      const columns = Object.entries(flags).map(([column, text]): [string, boolean] => {
        const flag = yesNo[text];
        if (flag === undefined) throw new Error(`Table 10, ${method}, ${column} holds '${text}'.`);
        return [column, flag];
      });
      return {
        method,
        columns: {
          ...Object.fromEntries(columns),
          source,
          epochs: Number(epochs),
          batch_size: Number(batch_size),
          pca_colour: flags.colour_jitter === "PCA",
          multi_crop: flags.random_crop === "multi",
        },
      };
    },
  );
}
