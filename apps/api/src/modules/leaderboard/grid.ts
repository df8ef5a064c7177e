/**
 * A board's numbers before anybody is ranked: methods by measures, dense. Made once a position of the ledger for each
 * set of measures; a board is a choice of its rows.
 */
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Measure, Method } from "../catalogue/entities.ts";
import type { Columns } from "../ledger/columns.ts";
import type { RowMethod } from "../ledger/readouts.ts";
import { Aggregates } from "./aggregate.ts";

export interface GridInput {
  readonly catalogue: Catalogue;
  readonly measures: readonly Measure[];
  readonly rankedBy: readonly Measure[];
  readonly columns: Columns;
  /** Rows in place of the catalogue's methods, where a method has several: by name. */
  readonly rows?: readonly RowMethod[] | null;
}

export class Grid {
  readonly measures: readonly Measure[];
  readonly rankedBy: readonly Measure[];
  /** Those with a value in any of the measures: by how little is missing, then by name. */
  readonly methods: readonly (Method | RowMethod)[];
  /** `values[j][i]`: method i in measure j, NaN where there is none. */
  readonly values: readonly Float64Array[];
  readonly aggregates: Aggregates;

  constructor({ catalogue, measures, rankedBy, columns, rows }: GridInput) {
    this.measures = measures;
    this.rankedBy = rankedBy;
    const shown = measures.map(({ id }) => columns.get(id) ?? new Float64Array());
    const counts = new Map<Method, number>();
    for (const method of rows ?? catalogue.methodsByName) {
      let count = 0;
      for (const column of shown) if (!Number.isNaN(column[method.id] ?? Number.NaN)) count += 1;
      if (count > 0) counts.set(method, count);
    }
    // Sorting is stable: equal counts stay in the order of names.
    this.methods = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
    this.values = shown.map((column) =>
      Float64Array.from(this.methods, ({ id }) => column[id] ?? Number.NaN),
    );
    const place = new Map(measures.map((measure, j) => [measure, j]));
    const ranked = rankedBy.map((measure) => this.values[place.get(measure)!]!);
    this.aggregates = new Aggregates(this.methods.length, ranked, rankedBy);
  }

  /** Its size, in numbers. */
  get numbers(): number {
    return this.methods.length * (this.measures.length + this.rankedBy.length);
  }
}
