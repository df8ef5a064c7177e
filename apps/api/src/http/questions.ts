/** The questions that /export, /badge and the feeds are asked, out of their addresses: the names are GraphQL's. */

import {
  AGGREGATES,
  AUGMENTATIONS,
  type Augmentation,
  FAMILIES,
  type Measure,
  PROVENANCES,
} from "../modules/catalogue/entities.ts";
import type { Snapshot } from "../modules/catalogue/load.ts";
import { nearest } from "../modules/catalogue/nearest.ts";
import type { Chosen } from "../modules/export/chosen.ts";
import type { ResultsQuestion } from "../modules/export/results.ts";
import {
  AMONG,
  type BoardFilter,
  type BoardOrder,
  type BoardQuestion,
  inDomains,
} from "../modules/leaderboard/service.ts";
import { READOUT_CHOICES } from "../modules/ledger/readouts.ts";
import { RESULT_ORDERS } from "../modules/result/page.ts";
import type { Address } from "./address.ts";

const DIRECTIONS = ["ASC", "DESC"] as const;
const BOARD_ORDERS = ["RANK", "METHOD", "YEAR", "MEASURE"] as const satisfies readonly BoardOrder["field"][];
const augmentations = Object.keys(AUGMENTATIONS) as Augmentation[];

function readFingerprints(address: Address): string[] | undefined {
  const given = address.many("protocol");
  for (const fingerprint of given ?? []) {
    if (!/^[0-9a-f]{64}$/.test(fingerprint))
      address.fault("protocol", "'protocol' must be fingerprints of 64 hexadecimal digits each.");
  }
  return given;
}

function readFilter(address: Address, { catalogue, ...snapshot }: Snapshot): BoardFilter {
  return {
    methods: address.manyFound("methods", (slug) => catalogue.method(slug).slug),
    family: address.manyOf("family", FAMILIES),
    year: address.range("year"),
    epochs: address.range("epochs"),
    batchSize: address.range("batchSize"),
    augmentation: address.manyOf("augmentation", augmentations),
    withoutAugmentation: address.manyOf("withoutAugmentation", augmentations),
    domain: address.manyFound("domain", (name) => {
      inDomains([], [name], { catalogue, ...snapshot });
      return name;
    }),
    provenance: address.manyOf("provenance", PROVENANCES),
    protocol: readFingerprints(address),
  };
}

/** `orderBy=MEASURE&orderByMeasure=...&orderByDirection=DESC` */
function readBoardOrder(address: Address, measures: readonly Measure[]): BoardOrder | undefined {
  const field = address.oneOf("orderBy", BOARD_ORDERS);
  const measure = address.one("orderByMeasure");
  const direction = address.oneOf("orderByDirection", DIRECTIONS);
  if (field === "MEASURE" && measure === undefined)
    return address.fault(
      "orderByMeasure",
      "'orderBy=MEASURE' needs 'orderByMeasure', a column of the board.",
    );
  if (field !== "MEASURE" && measure !== undefined)
    return address.fault("orderByMeasure", "'orderByMeasure' goes with 'orderBy=MEASURE' only.");
  const slugs = measures.map(({ slug }) => slug);
  if (measure !== undefined && slugs.length > 0 && !slugs.includes(measure))
    return address.fault(
      "orderByMeasure",
      "'orderByMeasure' is no column of this board.",
      nearest(measure, slugs),
    );
  if (field === undefined && direction !== undefined)
    return address.fault("orderByDirection", "'orderByDirection' goes with 'orderBy'.");
  return field && { field, measure, direction: direction ?? "ASC" };
}

/** A question of one moment: what is answered now is what is answered to the same question later. */
export type Pinned<Question> = Question & { readonly asOf: Date };

/** The site writes `sort=-many-shot-linear/dtd/accuracy`: a minus is descending. */
function readSort(address: Address, measures: readonly Measure[]): BoardOrder | undefined {
  const sort = address.one("sort");
  if (sort === undefined) return undefined;
  const direction = sort.startsWith("-") ? "DESC" : "ASC";
  const name = sort.replace(/^-/, "");
  if (name === "rank") return { field: "RANK", direction };
  if (name === "method") return { field: "METHOD", direction };
  const slugs = measures.map(({ slug }) => slug);
  if (slugs.length === 0 || slugs.includes(name)) return { field: "MEASURE", measure: name, direction };
  return address.fault("sort", "'sort' is rank, method, or a column of this board.", nearest(name, slugs));
}

/** Every parameter is read, whatever is wrong with those before it. @throws what names all faults */
export function readBoardQuestion(
  address: Address,
  snapshot: Snapshot,
): Pinned<BoardQuestion> & { readonly chosen: Chosen } {
  const { catalogue } = snapshot;
  const slug = address.one("suite");
  if (slug === undefined) address.fault("suite", "Name the board: ?suite=many-shot-linear.");
  const suite = slug === undefined ? undefined : address.found("suite", () => catalogue.board(slug));
  const filter = readFilter(address, snapshot);
  const shown = inDomains(suite?.measures ?? [], filter.domain, snapshot);
  const question = {
    suite: suite?.slug ?? "",
    filter,
    aggregate: address.oneOf("aggregate", AGGREGATES),
    orderBy: readBoardOrder(address, shown) ?? readSort(address, shown),
    among: address.oneOf("among", AMONG),
    readouts: address.oneOf("readout", READOUT_CHOICES),
    asOf: address.moment("asOf") ?? snapshot.moment,
    chosen: {
      hide: address.manyFound("hide", (name) => catalogue.measure(name).slug),
      pin: address.manyFound("pin", (name) => catalogue.method(name).slug),
    },
  };
  address.done();
  return question;
}

export function readResultsQuestion(address: Address, snapshot: Snapshot): Pinned<ResultsQuestion> {
  const { catalogue } = snapshot;
  const suite = address.one("suite");
  const filter = {
    ...readFilter(address, snapshot),
    suite: suite === undefined ? undefined : address.found("suite", () => catalogue.board(suite).slug),
    measures: address.manyFound("measures", (slug) => catalogue.measure(slug).slug),
    setting: address.manyFound("setting", (slug) => catalogue.setting(slug).slug),
    dataset: address.manyFound("dataset", (slug) => catalogue.dataset(slug).slug),
    metric: address.manyFound("metric", (slug) => catalogue.metric(slug).slug),
    history: address.flag("history"),
  };
  const question = {
    filter,
    orderBy: {
      field: address.oneOf("orderBy", RESULT_ORDERS) ?? ("POSITION" as const),
      direction: address.oneOf("orderByDirection", DIRECTIONS) ?? ("ASC" as const),
    },
    asOf: address.moment("asOf") ?? snapshot.moment,
  };
  address.done();
  return question;
}
