/**
 * A submission of many methods at once, in one of the field's formats: what was read of its files, kept as it was read, each
 * value with its place. The files themselves are kept beside by their hash.
 */
import type { MethodNote, Row, Unmapped } from "@transferboard/eval-core/formats";

export interface TableFile {
  readonly name: string;
  readonly sha256: string;
}

export interface TableWarning {
  readonly place: string;
  readonly kind: string;
  readonly message: string;
}

/** A model of the files; rows name it by its index. */
export interface TableModel extends Pick<Row, "checkpoint" | "aliases"> {
  readonly method: string;
}

/** A value; its protocol is named by fingerprint. */
export interface TableRow
  extends Omit<Row, "method" | "checkpoint" | "aliases" | "protocol" | "fingerprint" | "unit"> {
  readonly of: number;
  readonly protocol: string | null;
}

export interface TableBody {
  readonly table: string;
  /** What the sender told beside the files: the model, the map of tasks ... */
  readonly told: Readonly<Record<string, unknown>>;
  /** PUBLISHED where an operator brings somebody else's table. */
  readonly provenance: "PUBLISHED" | "SELF_REPORTED";
  readonly files: readonly TableFile[];
  readonly methods: readonly MethodNote[];
  readonly models: readonly TableModel[];
  readonly protocols: readonly {
    readonly fingerprint: string;
    readonly setting: string;
    readonly body: object;
  }[];
  readonly rows: readonly TableRow[];
  readonly unmapped: readonly Unmapped[];
  readonly warnings: readonly TableWarning[];
  readonly extra: Readonly<Record<string, unknown>>;
}

export const isTable = (body: unknown): body is TableBody =>
  typeof body === "object" && body !== null && "table" in body && "rows" in body;

/** What stands for the method where there are several. */
export function methodIn({ models }: TableBody): string {
  const methods = new Set(models.map(({ method }) => method));
  const [only] = methods;
  return methods.size === 1 ? only! : `${methods.size} methods`;
}
