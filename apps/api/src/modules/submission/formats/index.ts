/** The formats that a submission may come in. */
import type { Catalogue } from "../../catalogue/catalogue.ts";
import type { Draft, ReadOptions } from "../faults.ts";
import { readCsv } from "./csv.ts";
import { readJson } from "./json.ts";
import { readModelIndex } from "./model-index.ts";
import { readMteb } from "./mteb.ts";

export const FORMATS = ["JSON", "CSV", "MODEL_INDEX", "MTEB"] as const;
export type Format = (typeof FORMATS)[number];

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
