/** One version of the reference data, indexed. Lookups that fail throw UnknownSlug with near matches. */
import { UnknownSlug } from "../../errors.ts";
import type { Dataset, Measure, Method, Metric, Setting, Suite } from "./entities.ts";
import { nearest } from "./nearest.ts";
import { compareNames } from "./order.ts";

export interface CatalogueContent {
  readonly methods: readonly Method[];
  readonly datasets: readonly Dataset[];
  readonly settings: readonly Setting[];
  readonly metrics: readonly Metric[];
  readonly measures: readonly Measure[];
  readonly suites: readonly Suite[];
}

const bySlug = <T extends { readonly slug: string }>(items: readonly T[]) =>
  new Map(items.map((item) => [item.slug, item]));
const byId = <T extends { readonly id: number }>(items: readonly T[]) =>
  new Map(items.map((item) => [item.id, item]));

export class Catalogue implements CatalogueContent {
  readonly methods: readonly Method[];
  readonly datasets: readonly Dataset[];
  readonly settings: readonly Setting[];
  readonly metrics: readonly Metric[];
  readonly measures: readonly Measure[];
  readonly suites: readonly Suite[];
  readonly #methodById: ReadonlyMap<number, Method>;
  readonly #measureById: ReadonlyMap<number, Measure>;
  readonly #methodBySlug: ReadonlyMap<string, Method>;
  readonly #datasetBySlug: ReadonlyMap<string, Dataset>;
  readonly #settingBySlug: ReadonlyMap<string, Setting>;
  readonly #metricBySlug: ReadonlyMap<string, Metric>;
  readonly #measureBySlug: ReadonlyMap<string, Measure>;
  readonly #suiteBySlug: ReadonlyMap<string, Suite>;
  #placeByName: ReadonlyMap<Method, number> | null = null;
  #methodsByName: readonly Method[] | null = null;

  constructor(content: CatalogueContent) {
    this.methods = content.methods;
    this.datasets = content.datasets;
    this.settings = content.settings;
    this.metrics = content.metrics;
    this.measures = content.measures;
    this.suites = content.suites;
    this.#methodById = byId(content.methods);
    this.#measureById = byId(content.measures);
    this.#methodBySlug = bySlug(content.methods);
    this.#datasetBySlug = bySlug(content.datasets);
    this.#settingBySlug = bySlug(content.settings);
    this.#metricBySlug = bySlug(content.metrics);
    this.#measureBySlug = bySlug(content.measures);
    this.#suiteBySlug = bySlug(content.suites);
  }

  method(slug: string): Method {
    return this.#find("method", this.#methodBySlug, slug);
  }

  dataset(slug: string): Dataset {
    return this.#find("dataset", this.#datasetBySlug, slug);
  }

  setting(slug: string): Setting {
    return this.#find("setting", this.#settingBySlug, slug);
  }

  metric(slug: string): Metric {
    return this.#find("metric", this.#metricBySlug, slug);
  }

  measure(slug: string): Measure {
    return this.#find("measure", this.#measureBySlug, slug);
  }

  suite(slug: string): Suite {
    return this.#find("suite", this.#suiteBySlug, slug);
  }

  /** Sorted once: comparing names as people read them takes long. */
  get methodsByName(): readonly Method[] {
    this.#methodsByName ??= this.methods.toSorted(compareNames);
    return this.#methodsByName;
  }

  /** Where a method stands in the order of names. */
  placeByName(method: Method): number {
    this.#placeByName ??= new Map(this.methodsByName.map((known, place) => [known, place]));
    return this.#placeByName.get(method) ?? this.methods.length;
  }

  /** Undefined where there is none: for a slug that is not required to exist yet. */
  findMethod(slug: string): Method | undefined {
    return this.#methodBySlug.get(slug);
  }

  findMeasure(slug: string): Measure | undefined {
    return this.#measureBySlug.get(slug);
  }

  findDataset(slug: string): Dataset | undefined {
    return this.#datasetBySlug.get(slug);
  }

  /** The suite of that name, or the one-column board of a measure. */
  findBoard(slug: string): Suite | undefined {
    const measure = this.#measureBySlug.get(slug);
    return measure ? boardOf(measure) : this.#suiteBySlug.get(slug);
  }

  /** The suite of that name, or the board of one measure, which is a suite of its own. */
  board(slug: string): Suite {
    const found = this.findBoard(slug);
    if (found) return found;
    const known = [...this.#suiteBySlug.keys(), ...this.#measureBySlug.keys()];
    throw new UnknownSlug("suite or measure", slug, nearest(slug, known));
  }

  methodById(id: number): Method {
    return this.#withId("method", this.#methodById, id);
  }

  measureById(id: number): Measure {
    return this.#withId("measure", this.#measureById, id);
  }

  #find<T>(what: string, known: ReadonlyMap<string, T>, slug: string): T {
    const found = known.get(slug);
    if (found) return found;
    throw new UnknownSlug(what, slug, nearest(slug, known.keys()));
  }

  #withId<T>(what: string, known: ReadonlyMap<number, T>, id: number): T {
    const found = known.get(id);
    if (found) return found;
    throw new Error(`The catalogue has no ${what} with id ${id}: it is older than the ledger.`);
  }
}

function boardOf(measure: Measure): Suite {
  return {
    id: 0,
    slug: measure.slug,
    title: measure.title,
    description: `${measure.metric.title} on ${measure.dataset.title}, ${measure.setting.title}.`,
    aggregate: "MEAN",
    measures: [measure],
    rankedBy: [measure],
  };
}
