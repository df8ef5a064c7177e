/** The room's kind of golden folder: each format's files, and what must come of each of them. */

import { canonicalJson } from "@transferboard/vocabulary/canonical-json";
import {
  type ConformanceKind,
  exactly,
  type Finding,
  findingsOf,
  type GoldenFolder,
} from "../conformance/index.ts";
import { checkCroissant } from "./croissant/check.ts";
import { formatNamed, type ReadContext, type Reading, type Row, type TextFile } from "./index.ts";

interface GoldenRow extends Omit<Row, "aliases" | "fingerprint" | "checkpoint"> {
  readonly checkpoint: Readonly<Record<string, unknown>>;
}

interface GoldenFault {
  readonly place: string;
  readonly kind: string;
  readonly from?: string;
}

interface GoldenCase {
  readonly files: readonly string[];
  readonly context: Pick<ReadContext, "model" | "revision" | "dataset" | "date"> & {
    readonly evaluatorRelationship?: string;
    readonly sourceType?: string;
  };
  readonly accepted: boolean;
  readonly rows: readonly GoldenRow[];
  readonly unmapped: readonly { place: string; what: string; reason: string; from?: string }[];
  readonly warnings: readonly GoldenFault[];
  readonly faults: readonly GoldenFault[];
}

/** A case is one file beside expected.json, or a folder of its files. */
function filesOf(folder: GoldenFolder, name: string, { files }: GoldenCase): TextFile[] {
  const isFolder = folder.names().includes(name);
  const from = isFolder ? folder.folder(name) : folder;
  return files.map((file) => ({ name: file, text: from.text(file) }));
}

const sorted = (lines: readonly string[]) => [...lines].sort().join("\n");
const faultLine = ({ place, kind, from }: GoldenFault) => [place, kind, from ?? ""].join(" | ");

/** Values and intervals exactly, everything else as canonical JSON. */
const rowLine = (row: GoldenRow | Row) => {
  const { place, method, checkpoint, measure, value, unit, interval, n, seeds, evaluatedAt, source } = row;
  return canonicalJson({
    ...{ place, method, checkpoint, measure, value, unit, interval: interval && [...interval], n },
    ...{ seeds: [...seeds], evaluatedAt, source, protocol: row.protocol, extra: row.extra },
  });
};

/** The first line that one side has and the other has not. */
function difference(own: readonly string[], golden: readonly string[]): string | undefined {
  const surplus = own.find((line) => !golden.includes(line));
  const missing = golden.find((line) => !own.includes(line));
  if (surplus === undefined && missing === undefined && own.length === golden.length) return undefined;
  return `found ${surplus ?? "nothing more"}, expected ${missing ?? "nothing more"}`;
}

const agree = (name: string, what: string, own: readonly string[], golden: readonly string[]): Finding =>
  exactly(name, what, sorted(own) === sorted(golden), difference(own, golden));

function compare(name: string, reading: Reading, golden: GoldenCase): Finding[] {
  const faults = agree(name, "faults", reading.faults.map(faultLine), golden.faults.map(faultLine));
  if (!golden.accepted) return [faults, exactly(name, "nothing accepted", reading.rows.length === 0)];
  return [
    faults,
    agree(name, `${golden.rows.length} rows`, reading.rows.map(rowLine), golden.rows.map(rowLine)),
    agree(
      name,
      `${golden.unmapped.length} unmapped`,
      reading.unmapped.map(({ place, reason, from }) =>
        faultLine({ place, kind: reason, ...(from !== undefined && { from }) }),
      ),
      golden.unmapped.map(({ place, reason, from }) =>
        faultLine({ place, kind: reason, ...(from !== undefined && { from }) }),
      ),
    ),
    agree(name, "warnings", reading.warnings.map(faultLine), golden.warnings.map(faultLine)),
    ...extras(name, reading, golden),
  ];
}

/** What the whole submission says, where the golden asks for it. */
function extras(name: string, { extra }: Reading, { context }: GoldenCase): Finding[] {
  const { evaluatorRelationship, sourceType } = context;
  if (evaluatorRelationship === undefined) return [];
  const holds = extra.evaluatorRelationship === evaluatorRelationship && extra.sourceType === sourceType;
  return [exactly(name, "who evaluated", holds)];
}

function checkFormat(folder: GoldenFolder, name: string): Finding[] {
  const own = folder.folder(name);
  const cases = Object.entries(own.json<Readonly<Record<string, GoldenCase>>>("expected.json"));
  if (name === "croissant") {
    return cases.map(([title, golden]) => {
      const [jsonld, ...others] = filesOf(own, title, golden);
      const faults = checkCroissant(jsonld!.text, others);
      return agree(`${name} ${title}`, "faults", faults.map(faultLine), golden.faults.map(faultLine));
    });
  }
  const format = formatNamed(name);
  if (!format) throw new Error(`there is no format '${name}' here`);
  return cases.flatMap(([title, golden]) => {
    const { evaluatorRelationship: _, sourceType: __, ...context } = golden.context;
    return compare(`${name} ${title}`, format.read(filesOf(own, title, golden), context), golden);
  });
}

export const formatsConformance: ConformanceKind = {
  kind: "formats",
  title: "results in the field's formats: every row, what has no place, and every fault by its place",
  usesDevice: false,
  goldens: new URL("../../golden/formats/", import.meta.url),
  async *check(folder, { signal }) {
    for (const name of folder.names().filter((one) => !one.includes("."))) {
      yield* findingsOf(name, "reading", signal, () => checkFormat(folder, name));
    }
  },
};
