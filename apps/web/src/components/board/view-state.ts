/**
 * How a board is shown, read from its address: what is searched for, which columns are hidden, which rows are pinned,
 * table or plot, shading, which readouts are shown, and whether all values are ranked. Each is one parameter, so that no control drops another.
 */
export interface ViewState {
  readonly search: string;
  readonly hidden: ReadonlySet<string>;
  readonly pinned: readonly string[];
  readonly view: "table" | "plot";
  readonly heat: boolean;
  readonly all: boolean;
  /** Which of a method's readouts are shown; null for its newest values. */
  readonly readout: Readout | null;
  /** Whether empty cells show what other values predict. */
  readonly ghosts: boolean;
}

/** How a choice of readouts is written in an address, and said. */
export const readoutNames = {
  default: "each method's default",
  best: "best readout",
  each: "one row a readout",
} as const;
export type Readout = keyof typeof readoutNames;

/** A parameter of the address; null where it is not there. */
type Read = (name: string) => string | null | undefined;

const words = (text: string | null | undefined) => (text ?? "").split(",").filter(Boolean);

export function readView(read: Read): ViewState {
  return {
    search: read("q")?.trim() ?? "",
    hidden: new Set(words(read("hide"))),
    pinned: words(read("pin")),
    view: read("view") === "plot" ? "plot" : "table",
    heat: read("heat") === "1",
    all: read("among") === "all",
    readout: (Object.keys(readoutNames) as Readout[]).find((one) => one === read("readout")) ?? null,
    ghosts: read("ghosts") === "1",
  };
}

/** A list with one of its members put in, or taken out where it was in; undefined where it is empty then. */
export function toggled(list: Iterable<string>, one: string): string | undefined {
  const all = [...list];
  return (all.includes(one) ? all.filter((other) => other !== one) : [...all, one]).join(",") || undefined;
}

/** Every word must be in the name or the slug. */
export function matches(search: string, row: { readonly name: string; readonly slug: string }): boolean {
  const text = `${row.name} ${row.slug}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
