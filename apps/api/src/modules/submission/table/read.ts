/** Reads files of a format to a submission of a table, or to every fault of them by its place. */
import {
  formatNamed,
  type ReadContext,
  type Reading,
  FORMATS as ROOM,
  type Row,
  readMtebFolders,
  readTaskFile,
  type TextFile,
} from "@transferboard/eval-core/formats";
import { parseJson } from "@transferboard/eval-core/tensor";
import { fingerprint, sha256 } from "@transferboard/vocabulary/canonical-json";
import { BadInput, shorten } from "../../../errors.ts";
import type { Catalogue } from "../../catalogue/catalogue.ts";
import { nearest } from "../../catalogue/nearest.ts";
import { fault, InvalidSubmission } from "../faults/fault.ts";
import { isFolder, readFolder } from "../formats/folder.ts";
import { ReaderFaults } from "../formats/reader-faults.ts";
import { measureToBe } from "../new-measure.ts";
import type { TableBody, TableModel, TableRow } from "./body.ts";

/** As addresses and the command name them. */
export const TABLE_FORMATS: readonly string[] = ROOM.map(({ name }) => name);

export const titleOf = (format: string): string => formatNamed(format)!.title;

/** What the sender tells beside the files. */
export interface Told {
  readonly model?: string | undefined;
  readonly revision?: string | undefined;
  readonly dataset?: string | undefined;
  readonly date?: string | undefined;
  readonly map?: string | undefined;
  readonly suite?: string | undefined;
  readonly onDuplicate?: string | undefined;
  /** The file's name, where one file's text is sent. */
  readonly name?: string | undefined;
}

/** One object of file names to their contents, or one file's text. @throws InvalidSubmission for a file that stands twice */
function filesOf(content: string, name: string | undefined): readonly TextFile[] {
  if (name !== undefined) return [{ name, text: content }];
  const sent = readFolder(content);
  if (!isFolder(sent)) return [{ name: "results.json", text: content }];
  if (sent.faults.length > 0) throw new InvalidSubmission(sent.faults);
  return sent.files;
}

/** Whether a folder holds MTEB's own tasks, and not ours in its form. */
export function isMtebs(content: string): boolean {
  const sent = readFolder(content);
  if (!isFolder(sent)) return false;
  // What is wrong with it, whoever reads it says.
  const unheard = new ReaderFaults();
  const folders = readMtebFolders(sent.files, unheard);
  if (folders.some(({ method }) => method !== undefined)) return false;
  const tasks = folders.flatMap(({ files }) =>
    files.map((file) => readTaskFile(file, unheard)?.task ?? file.name),
  );
  return tasks.length > 0 && tasks.every((task) => !task.includes("/"));
}

function contextOf({ map, suite, onDuplicate, ...told }: Told, catalogue: Catalogue): ReadContext {
  if (onDuplicate !== undefined && onDuplicate !== "first" && onDuplicate !== "last") {
    throw new BadInput("'onDuplicate' must be first or last.");
  }
  const known = suite === undefined ? undefined : catalogue.suites.find(({ slug }) => slug === suite);
  const setting = suite === undefined ? undefined : catalogue.settings.find(({ slug }) => slug === suite);
  if (suite !== undefined && !known && !setting)
    throw new BadInput(`There is no suite and no setting '${suite.slice(0, 60)}'.`);
  const inSuite = new Set(known?.measures.map(({ slug }) => slug));
  return {
    ...told,
    ...(map !== undefined && { map: measuresMapped(map, catalogue) }),
    ...(onDuplicate !== undefined && { onDuplicate }),
    // A setting and a suite may share their name: of either is wanted.
    ...(suite !== undefined && {
      wanted: (measure: string) => inSuite.has(measure) || measure.startsWith(`${setting?.slug ?? suite}/`),
    }),
  };
}

function readMap(text: string): Record<string, string> {
  try {
    const { value, repeated } = parseJson(text);
    if (
      repeated.length === 0 &&
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((one) => typeof one === "string")
    ) {
      return value as Record<string, string>;
    }
  } catch {
    // Said below.
  }
  throw new BadInput("'map' must be a JSON object of the format's tasks to measures, each task once.");
}

/** The unit of a value is that of its measure's metric, so that must be known before any file is read. @throws BadInput */
function measuresMapped(text: string, catalogue: Catalogue): Record<string, string> {
  const map = readMap(text);
  for (const [task, measure] of Object.entries(map)) {
    const parts = measure.split("/");
    const metric = parts.length === 3 ? parts[2]! : null;
    const metrics = catalogue.metrics.map(({ slug }) => slug);
    if (metric !== null && metrics.includes(metric)) continue;
    const [near] = metric === null ? [] : nearest(metric, metrics, 1);
    const hint = near ? `did you mean the metric '${near}'?` : "expected setting/dataset/metric.";
    throw new BadInput(
      `'map' gives '${shorten(task, 60)}' the measure '${shorten(measure, 80)}', which is none: ${hint}`,
    );
  }
  return map;
}

/** A value may be of a measure that is not there yet: one that the format's own table names, or that follows from others. */
function unknownMeasures(rows: readonly Row[], catalogue: Catalogue, told: Told): ReturnType<typeof fault>[] {
  const mapped = new Set(told.map === undefined ? [] : Object.values(readMap(told.map)));
  return rows.flatMap(({ measure, place }) => {
    if (catalogue.findMeasure(measure)) return [];
    const [setting, dataset, metric] = measure.split("/");
    const isWhole =
      catalogue.settings.some(({ slug }) => slug === setting) &&
      catalogue.findDataset(dataset ?? "") !== undefined &&
      catalogue.metrics.some(({ slug }) => slug === metric);
    if (isWhole && (!mapped.has(measure) || measureToBe(measure, catalogue))) return [];
    return [
      fault(place, `There is no measure '${measure}'.`, {
        expected: "a measure of the board: setting/dataset/metric",
      }),
    ];
  });
}

/** @throws InvalidSubmission with all faults */
export function readTable(
  format: string,
  content: string,
  told: Told,
  provenance: TableBody["provenance"],
  catalogue: Catalogue,
): { readonly body: TableBody; readonly files: readonly TextFile[] } {
  const room = formatNamed(format)!;
  const files = filesOf(content, told.name);
  const reading = room.read(files, contextOf(told, catalogue));
  const faults = reading.faults.map(({ kind, place, message }) => fault(place, message, { code: kind }));
  if (faults.length > 0) throw new InvalidSubmission(faults);
  if (reading.rows.length === 0) {
    const why =
      reading.unmapped.length > 0 ? `: ${reading.unmapped.length} entries have no measure here` : "";
    throw new InvalidSubmission([fault("/", `The files hold no value that has a place here${why}.`)]);
  }
  const unknown = unknownMeasures(reading.rows, catalogue, told);
  if (unknown.length > 0) throw new InvalidSubmission(unknown);
  return { body: bodyOf(format, reading, files, told, provenance), files };
}

function bodyOf(
  format: string,
  reading: Reading,
  files: readonly TextFile[],
  told: Told,
  provenance: TableBody["provenance"],
): TableBody {
  const models = new Map<string, { at: number; model: TableModel }>();
  const protocols = new Map<string, { fingerprint: string; setting: string; body: object }>();
  const prints = new Map<object, string>();
  const rows = reading.rows.map((row): TableRow => {
    const { method, checkpoint, aliases, protocol, fingerprint: named, unit: _, ...rest } = row;
    const key = `${method}\n${checkpoint.name}`;
    const found = models.get(key) ?? { at: models.size, model: { method, checkpoint, aliases } };
    models.set(key, found);
    const isEmpty = Object.keys(protocol).length === 0;
    const print = isEmpty ? null : (prints.get(protocol) ?? fingerprint(protocol));
    if (print !== null) {
      prints.set(protocol, print);
      if (!protocols.has(print))
        protocols.set(print, { fingerprint: print, setting: row.measure.split("/")[0]!, body: protocol });
    }
    const extra = isEmpty && named !== null ? { ...rest.extra, protocolFingerprint: named } : rest.extra;
    return { ...rest, extra, of: found.at, protocol: print };
  });
  const { name: _, ...kept } = told;
  return {
    table: format,
    told: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    provenance,
    files: files.map(({ name, text }) => ({ name, sha256: sha256(text) })),
    methods: reading.methods,
    models: [...models.values()].map(({ model }) => model),
    protocols: [...protocols.values()],
    rows,
    unmapped: reading.unmapped,
    warnings: reading.warnings,
    extra: reading.extra,
  };
}
