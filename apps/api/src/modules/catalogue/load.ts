/**
 * Reads where the ledger stands and, only where it changed, the reference data.
 * The view ledger_position names the last audit event that changed either, written in the transaction of the change,
 * so a cached answer that is keyed by it is never stale, whoever wrote.
 */
import type { Sql } from "../../database/sql.ts";
import { Catalogue } from "./catalogue.ts";
import type { Dataset, Measure, Method, Metric, Pretraining, Setting, Suite } from "./entities.ts";

/** What one request reads: all of its answers are of this position. */
export interface Snapshot {
  /** Advanced by every addition to the ledger. */
  readonly position: string;
  /** The last event of all, whatever it changed. */
  readonly event: string;
  /** When that was: what is asked for as of it never changes, so it is what a citation names. */
  readonly moment: Date;
  readonly catalogue: Catalogue;
}

const CONTENT = `json_build_object(
  'methods', (select coalesce(json_agg(json_build_object(
      'id', m.id, 'slug', m.slug, 'name', m.name, 'family', m.family, 'year', m.year, 'paperTitle', m.paper_title,
      'paperUrl', m.paper_url, 'bibtex', m.bibtex, 'createdAt', m.created_at,
      'pretraining', case when p.method_id is null then null else json_build_object(
        'dataset', p.dataset, 'source', p.source, 'epochs', p.epochs, 'batchSize', p.batch_size,
        'targetNet', p.target_net, 'momentumEncoder', p.momentum_encoder, 'memoryBank', p.memory_bank,
        'projectionHead', p.projection_head, 'jigsaw', p.jigsaw, 'grayscale', p.grayscale,
        'colourJitter', p.colour_jitter, 'pcaColour', p.pca_colour, 'multiCrop', p.multi_crop, 'solarize', p.solarize, 'blur', p.blur, 'randomCrop', p.random_crop,
        'horizontalFlip', p.horizontal_flip, 'normalize', p.normalize) end) order by m.id), '[]')
    from method m left join pretraining p on p.method_id = m.id),
  'datasets', (select coalesce(json_agg(json_build_object('slug', slug, 'title', title, 'domain', domain,
      'classCount', class_count, 'trainSize', train_size, 'valSize', val_size, 'testSize', test_size)
      order by position, slug), '[]') from dataset),
  'settings', (select coalesce(json_agg(json_build_object('slug', slug, 'title', title) order by position, slug), '[]')
    from setting),
  'metrics', (select coalesce(json_agg(json_build_object('slug', slug, 'title', title, 'unit', unit,
      'direction', direction, 'lower', lower, 'upper', upper, 'digits', digits) order by slug), '[]') from metric),
  'measures', (select coalesce(json_agg(json_build_object('id', id, 'slug', slug, 'title', title,
      'setting', setting_slug, 'dataset', dataset_slug, 'metric', metric_slug) order by position, id), '[]')
    from measure),
  'suites', (select coalesce(json_agg(json_build_object('id', s.id, 'slug', s.slug, 'title', s.title,
      'description', s.description, 'aggregate', s.aggregate, 'measures', (
        select coalesce(json_agg(json_build_array(measure_id, ranked) order by position), '[]')
        from suite_measure where suite_id = s.id)) order by s.position, s.id), '[]')
    from suite s))`;

const WHERE_IT_STANDS = `select ledger::text as ledger, catalogue::text as catalogue, last.id::text as event, last.moment`;
const STANDING =
  "from ledger_position left join (select id, ledger_moment() as moment from audit_event order by id desc limit 1) last on true";

/** Asked by every request, so it is short: planning the one below takes Postgres longer than answering it. */
const POSITION = `${WHERE_IT_STANDS} ${STANDING}`;
/** Both in one statement: the content is of the version that comes with it. */
const POSITION_AND_CONTENT = `${WHERE_IT_STANDS}, ${CONTENT} as content ${STANDING}`;

interface StoredContent {
  methods: (Omit<Method, "createdAt"> & { createdAt: string; pretraining: Pretraining | null })[];
  datasets: Dataset[];
  settings: Setting[];
  metrics: Metric[];
  measures: { id: number; slug: string; title: string; setting: string; dataset: string; metric: string }[];
  suites: (Pick<Suite, "id" | "slug" | "title" | "description" | "aggregate"> & {
    measures: [measureId: number, ranked: boolean][];
  })[];
}

function linked(stored: StoredContent): Catalogue {
  const settings = new Map(stored.settings.map((setting) => [setting.slug, setting]));
  const datasets = new Map(stored.datasets.map((dataset) => [dataset.slug, dataset]));
  const metrics = new Map(stored.metrics.map((metric) => [metric.slug, metric]));
  const measures = stored.measures.map(
    (measure): Measure => ({
      ...measure,
      setting: settings.get(measure.setting)!,
      dataset: datasets.get(measure.dataset)!,
      metric: metrics.get(measure.metric)!,
    }),
  );
  const measureById = new Map(measures.map((measure) => [measure.id, measure]));
  return new Catalogue({
    ...stored,
    methods: stored.methods.map((method) => ({ ...method, createdAt: new Date(method.createdAt) })),
    measures,
    suites: stored.suites.map((suite) => ({
      ...suite,
      measures: suite.measures.map(([id]) => measureById.get(id)!),
      rankedBy: suite.measures.filter(([, ranked]) => ranked).map(([id]) => measureById.get(id)!),
    })),
  });
}

interface StoredPosition {
  readonly ledger: string;
  readonly catalogue: string;
  readonly event: string | null;
  readonly moment: Date | null;
}

interface Known {
  readonly version: string;
  readonly catalogue: Catalogue;
}

/** Remembers the last catalogue read, shared by all requests of one server. */
export class Snapshots {
  readonly #sql: Sql;
  #known: Known | null = null;
  #running: Promise<Snapshot> | null = null;
  #queued: Promise<Snapshot> | null = null;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * The database as it is now: one statement, and one more where the catalogue changed. Whoever comes while a statement
   * runs shares the next one with all others who do: it begins after they came, so it is as new as one of their own.
   */
  read(): Promise<Snapshot> {
    if (!this.#running) return this.#start();
    this.#queued ??= this.#running.then(ignore, ignore).then(() => {
      this.#queued = null;
      return this.#start();
    });
    return this.#queued;
  }

  #start(): Promise<Snapshot> {
    const reading = this.#read();
    this.#running = reading;
    const done = () => {
      this.#running = null;
    };
    reading.then(done, done);
    return reading;
  }

  async #read(): Promise<Snapshot> {
    const known = this.#known;
    if (known) {
      const row = only(await this.#sql<StoredPosition>(POSITION));
      if (row.catalogue === known.version) return { ...standing(row), catalogue: known.catalogue };
    }
    const row = only(await this.#sql<StoredPosition & { content: StoredContent }>(POSITION_AND_CONTENT));
    const catalogue = linked(row.content);
    this.#known = { version: row.catalogue, catalogue };
    return { ...standing(row), catalogue };
  }
}

const ignore = () => undefined;

function only<Row>([row]: readonly Row[]): Row {
  if (row) return row;
  throw new Error("The view ledger_position answers nothing: the migrations are not complete.");
}

const standing = ({ ledger, event, moment }: StoredPosition) => ({
  position: ledger,
  event: event ?? "0",
  moment: moment ?? new Date(0),
});
