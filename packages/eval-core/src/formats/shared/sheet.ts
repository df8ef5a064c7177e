/** Collects what a file says: rows, what has no place, warnings and faults; tells what repeats and what differs. */
import { canonicalJson } from "@transferboard/vocabulary/canonical-json";
import type {
  Finding,
  JsonObject,
  MethodNote,
  ReadContext,
  Reading,
  Reason,
  Row,
  Unmapped,
} from "./format.ts";
import { metricOf } from "./measures.ts";

/** A row before what can be told by default. */
export type NewRow = Omit<
  Row,
  "unit" | "fingerprint" | "interval" | "n" | "seeds" | "evaluatedAt" | "protocol"
> &
  Partial<Pick<Row, "fingerprint" | "interval" | "n" | "seeds" | "evaluatedAt" | "protocol">> & {
    /** What one value a file may have is told apart by, where that is not the protocol. */
    readonly key?: string;
  };

interface Seen {
  readonly value: number;
  readonly place: string;
  /** Its index among the rows. */
  readonly at: number;
}

export class Sheet {
  readonly #context: ReadContext;
  readonly #rows: Row[] = [];
  readonly #unmapped: Unmapped[] = [];
  readonly #warnings: Finding[] = [];
  readonly #faults = new Map<string, Finding>();
  readonly #methods = new Map<string, MethodNote>();
  readonly #seen = new Map<string, Seen>();
  #extra: JsonObject = {};

  constructor(context: ReadContext) {
    this.#context = context;
  }

  fault(place: string, kind: string, message: string, from?: string): void {
    const key = `${place}\n${kind}\n${from ?? ""}`;
    if (!this.#faults.has(key)) this.#faults.set(key, { place, kind, message, ...(from && { from }) });
  }

  warn(place: string, kind: string, message: string): void {
    this.#warnings.push({ place, kind, message });
  }

  leave(place: string, what: string, reason: Reason, from?: string): void {
    this.#unmapped.push({ place, what, reason, ...(from !== undefined && { from }) });
  }

  method(note: MethodNote): void {
    if (!this.#methods.has(note.slug)) this.#methods.set(note.slug, note);
  }

  extra(more: JsonObject): void {
    this.#extra = { ...this.#extra, ...more };
  }

  /**
   * The values that stand together at one place of the file. Those that stand there a second time are named once for
   * the place: as repeating where all agree, as differing where one does not.
   * @param what for people, of what repeats
   */
  add(place: string, what: string, rows: readonly NewRow[]): void {
    const wanted: NewRow[] = [];
    for (const row of rows) {
      if (this.#context.wanted?.(row.measure) ?? true) wanted.push(row);
      else this.leave(row.place, row.measure, "no-measure");
    }
    const keyed = wanted.map((row) => {
      const protocol = row.key ?? row.fingerprint ?? canonicalJson(row.protocol ?? {});
      const key = [row.method, row.checkpoint.name, row.measure, protocol].join("\n");
      return { row, key, before: this.#seen.get(key) };
    });
    const other = keyed.find(({ row, before }) => before && before.value !== row.value);
    if (other?.before && this.#context.onDuplicate === undefined) {
      const message = `${other.row.measure} is ${other.row.value} here and ${other.before.value} at ${other.before.place}.`;
      this.fault(place, "differs", message, other.before.place);
      return;
    }
    const repeated = keyed.find(({ before }) => before);
    if (repeated?.before) this.leave(place, what, "repeats", repeated.before.place);
    for (const { row, key, before } of keyed) {
      if (before && this.#context.onDuplicate !== "last") continue;
      const full = complete(row);
      const at = before?.at ?? this.#rows.length;
      this.#rows[at] = full;
      this.#seen.set(key, { value: row.value, place, at });
    }
  }

  reading(): Reading {
    const faults = [...this.#faults.values()];
    return {
      rows: faults.length > 0 ? [] : this.#rows,
      unmapped: this.#unmapped,
      warnings: this.#warnings,
      faults,
      methods: [...this.#methods.values()],
      extra: this.#extra,
    };
  }
}

function complete({ key: _, ...row }: NewRow): Row {
  return {
    interval: null,
    n: null,
    seeds: [],
    evaluatedAt: null,
    protocol: {},
    fingerprint: null,
    ...row,
    unit: metricOf(row.measure).unit,
  };
}

/** Without what is undefined, null or blank. */
export function given<T extends object>(fields: T): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}
