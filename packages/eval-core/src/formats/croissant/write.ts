/** The ledger's CSV described in Croissant 1.1, which is schema.org's JSON-LD of a dataset with its columns. */
import { CONFORMS_TO } from "./check.ts";

export interface Described {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly license: string;
  /** ISO dates. */
  readonly published: string;
  readonly modified?: string;
  /** The ledger's position. */
  readonly position: string;
  readonly citeAs: string;
  readonly keywords?: readonly string[];
  readonly file: {
    readonly name: string;
    readonly url: string;
    readonly bytes: number;
    readonly sha256: string;
    /** In their order. */
    readonly columns: readonly string[];
  };
}

const CONTEXT = {
  "@language": "en",
  "@vocab": "http://schema.org/",
  sc: "http://schema.org/",
  cr: "http://mlcommons.org/croissant/",
  dct: "http://purl.org/dc/terms/",
  citeAs: "cr:citeAs",
  column: "cr:column",
  conformsTo: "dct:conformsTo",
  data: { "@id": "cr:data", "@type": "@json" },
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  extract: "cr:extract",
  field: "cr:field",
  fileObject: "cr:fileObject",
  isLiveDataset: "cr:isLiveDataset",
  key: "cr:key",
  recordSet: "cr:recordSet",
  source: "cr:source",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  position: "sc:Integer",
  n: "sc:Integer",
  value: "sc:Float",
  lower: "sc:Float",
  upper: "sc:Float",
  recorded_at: "sc:DateTime",
};

export function croissant({ file, ...told }: Described): object {
  return {
    "@context": CONTEXT,
    "@type": "sc:Dataset",
    conformsTo: CONFORMS_TO,
    name: told.name,
    description: told.description,
    license: told.license,
    url: told.url,
    creator: { "@type": "sc:Organization", name: "transferboard" },
    datePublished: told.published,
    ...(told.modified !== undefined && { dateModified: told.modified }),
    version: `${told.position}.0.0`,
    isLiveDataset: true,
    citeAs: told.citeAs,
    ...(told.keywords && { keywords: told.keywords }),
    distribution: [
      {
        "@type": "cr:FileObject",
        "@id": file.name,
        name: file.name,
        contentUrl: file.url,
        encodingFormat: "text/csv",
        contentSize: `${file.bytes} B`,
        sha256: file.sha256,
      },
    ],
    recordSet: [
      {
        "@type": "cr:RecordSet",
        "@id": "results",
        name: "results",
        key: { "@id": "results/position" },
        field: file.columns.map((column) => ({
          "@type": "cr:Field",
          "@id": `results/${column}`,
          name: column,
          dataType: TYPES[column] ?? "sc:Text",
          source: { fileObject: { "@id": file.name }, extract: { column } },
        })),
      },
    ],
  };
}
