/** The formats that a submission may come in. */
import type { Catalogue } from "../../catalogue/catalogue.ts";
import type { Draft, ReadOptions } from "../faults/fault.ts";
import { TABLE_FORMATS } from "../table/read.ts";
import { readCsv } from "./csv.ts";
import { readJson } from "./json.ts";
import { readModelIndex } from "./model-index.ts";
import { readMteb } from "./mteb.ts";

export const FORMATS = ["JSON", "CSV", "MODEL_INDEX", "MTEB"] as const;
export type Format = (typeof FORMATS)[number];

const upper = (name: string) => name.toUpperCase().replaceAll("-", "_");

/**
 * The field's other formats, which hold the values of many methods: HF_EVAL_RESULTS is "hf-eval-results". MTEB is both:
 * its folders are read as its own where their tasks are (`isMtebs`), and as ours where they are called by our measures.
 */
export const TABLES: readonly string[] = TABLE_FORMATS.map(upper).filter((name) => name !== "MTEB");
export const tableNamed = (format: string): string | undefined =>
  TABLES.includes(format) ? TABLE_FORMATS.find((name) => upper(name) === format) : undefined;

const READERS: Readonly<Record<Format, (text: string, catalogue: Catalogue, options: ReadOptions) => Draft>> =
  {
    JSON: readJson,
    CSV: readCsv,
    MODEL_INDEX: readModelIndex,
    MTEB: readMteb,
  };

export const readDraft = (
  format: Format,
  text: string,
  catalogue: Catalogue,
  options: ReadOptions = {},
): Draft => READERS[format](text, catalogue, options);
