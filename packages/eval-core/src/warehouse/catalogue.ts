/** Finds what an evaluation refers to, and adds what is new: method, checkpoint, dataset, protocol, measures. */
import type { Prisma, TransactionClient } from "@transferboard/prisma";
import { WarehouseError } from "./errors.ts";
import type {
  CheckpointToRecord,
  DatasetToRecord,
  JsonObject,
  MethodToRecord,
  ProtocolToRecord,
  RunToRecord,
} from "./records.ts";

/** Prisma's input type has no readonly arrays; the value is only serialised. */
export const asJson = (value: JsonObject) => value as Prisma.InputJsonObject;

/** As the database's own check has it. */
const SLUG = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

function requireSlug(what: string, slug: string): void {
  if (SLUG.test(slug) && slug.length <= 100) return;
  throw new WarehouseError(
    `'${slug}' cannot be the slug of a ${what}: use small letters and digits, parted by single hyphens or dots, such as 'moco-v2'.`,
  );
}

async function ensureMethod(tx: TransactionClient, method: MethodToRecord): Promise<number> {
  const { slug, name = slug, family = "OTHER", year, paperTitle, paperUrl, bibtex } = method;
  requireSlug("method", slug);
  await tx.method.createMany({
    data: [
      {
        slug,
        name,
        family,
        year: year ?? null,
        paperTitle: paperTitle ?? null,
        paperUrl: paperUrl ?? null,
        bibtex: bibtex ?? null,
      },
    ],
    skipDuplicates: true,
  });
  const { id } = await tx.method.findUniqueOrThrow({ where: { slug }, select: { id: true } });
  return id;
}

const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** Where in its file the recorded backbone was, if that was told. */
function placeOf(loading: unknown): string | undefined {
  const { layout } = (loading ?? {}) as { layout?: { place?: unknown } };
  return typeof layout?.place === "string" ? layout.place : undefined;
}

/** What was chosen of the recorded network that its tensors do not say, such as its heads, if that was told. */
function choicesOf(loading: unknown): Readonly<Record<string, { readonly value?: unknown }>> {
  const { choices } = (loading ?? {}) as { choices?: unknown };
  return typeof choices === "object" && choices !== null
    ? (choices as Record<string, { value?: unknown }>)
    : {};
}

async function ensureCheckpoint(
  tx: TransactionClient,
  methodId: number,
  method: string,
  { sha256, name, architecture, featureDimension, normalisation, loading }: CheckpointToRecord,
): Promise<number> {
  const known = await tx.checkpoint.findUnique({ where: { sha256 }, include: { method: true } });
  if (known) {
    if (known.methodId !== methodId) {
      throw new WarehouseError(
        `The weights ${sha256.slice(0, 12)} are recorded as '${known.name}' of the method ${known.method.slug}: evaluate them as that method, not as ${method}.`,
      );
    }
    if (!same(known.inputMean, normalisation.mean) || !same(known.inputStd, normalisation.std)) {
      throw new WarehouseError(
        `The weights ${sha256.slice(0, 12)} are recorded with the input normalisation mean ${known.inputMean}, deviation ${known.inputStd}: evaluate them with it; found mean ${normalisation.mean}, deviation ${normalisation.std}.`,
      );
    }
    const [was, is] = [placeOf(known.loading), placeOf(loading)];
    if (was !== undefined && is !== undefined && was !== is) {
      throw new WarehouseError(
        `Of the weights ${sha256.slice(0, 12)} the backbone at '${was}' is recorded: convert the one at '${is}' to a file of its own, and evaluate that.`,
      );
    }
    const recorded = choicesOf(known.loading);
    for (const [choice, { value }] of Object.entries(choicesOf(loading))) {
      const earlier = recorded[choice]?.value;
      if (earlier === undefined || earlier === value) continue;
      throw new WarehouseError(
        `The weights ${sha256.slice(0, 12)} are recorded with ${choice} ${earlier}, found ${value}: that is another network; evaluate them as recorded, or convert them to a file of its own, and evaluate that.`,
      );
    }
    return known.id;
  }
  const nameTaken = await tx.checkpoint.findUnique({ where: { methodId_name: { methodId, name } } });
  const created = await tx.checkpoint.create({
    data: {
      methodId,
      sha256,
      name: nameTaken ? `${name} (${sha256.slice(0, 12)})` : name,
      architecture,
      featureDimension,
      inputMean: [...normalisation.mean],
      inputStd: [...normalisation.std],
      ...(loading && { loading: asJson(loading) }),
    },
  });
  return created.id;
}

async function ensureDataset(tx: TransactionClient, dataset: DatasetToRecord): Promise<void> {
  const { slug, title, domain, classCount, sizes = {}, manifest, own = false } = dataset;
  requireSlug("dataset", slug);
  const last = await tx.dataset.aggregate({ _max: { position: true } });
  await tx.dataset.createMany({
    data: [
      {
        slug,
        title,
        domain,
        classCount,
        trainSize: sizes.train ?? null,
        valSize: sizes.val ?? null,
        testSize: sizes.test ?? null,
        manifest,
        position: (last._max.position ?? -1) + 1,
      },
    ],
    skipDuplicates: true,
  });
  const known = await tx.dataset.findUniqueOrThrow({ where: { slug } });
  if (own && known.manifest !== manifest) {
    throw new WarehouseError(
      `The dataset '${slug}' is recorded with other images (${known.title}): give this folder another name.`,
    );
  }
}

async function ensureProtocol(tx: TransactionClient, protocol: ProtocolToRecord): Promise<void> {
  const { fingerprint, setting, settingTitle, title, body } = protocol;
  if (!(await tx.setting.findUnique({ where: { slug: setting } }))) {
    const known = await tx.setting.findMany({ orderBy: { position: "asc" } });
    if (settingTitle === undefined) {
      throw new WarehouseError(
        `'${setting}' is not a setting: known are ${known.map(({ slug }) => slug).join(", ")}.`,
      );
    }
    requireSlug("setting", setting);
    const position = (known.at(-1)?.position ?? -1) + 1;
    await tx.setting.createMany({
      data: [{ slug: setting, title: settingTitle, position }],
      skipDuplicates: true,
    });
  }
  await tx.protocol.createMany({
    data: [{ fingerprint, settingSlug: setting, title, body: asJson(body) }],
    skipDuplicates: true,
  });
}

export interface Catalogued {
  readonly methodId: number;
  readonly checkpointId: number;
}

/** Adds what is missing of a run's surroundings. @throws WarehouseError where they contradict the record */
export async function ensureCatalogued(tx: TransactionClient, run: RunToRecord): Promise<Catalogued> {
  const methodId = await ensureMethod(tx, run.method);
  const checkpointId = await ensureCheckpoint(tx, methodId, run.method.slug, run.checkpoint);
  await ensureDataset(tx, run.dataset);
  await ensureProtocol(tx, run.protocol);
  return { methodId, checkpointId };
}

async function createMeasure(tx: TransactionClient, slug: string) {
  const [settingSlug = "", datasetSlug = "", metricSlug = "", ...rest] = slug.split("/");
  const setting = await tx.setting.findUnique({ where: { slug: settingSlug } });
  const dataset = await tx.dataset.findUnique({ where: { slug: datasetSlug } });
  const metric = await tx.metric.findUnique({ where: { slug: metricSlug } });
  if (!setting || !dataset || !metric || rest.length > 0) {
    const wrong = setting
      ? dataset
        ? `metric '${metricSlug}'`
        : `dataset '${datasetSlug}'`
      : `setting '${settingSlug}'`;
    throw new WarehouseError(`'${slug}' is not a measure (setting/dataset/metric): there is no ${wrong}.`);
  }
  const last = await tx.measure.aggregate({ _max: { position: true } });
  await tx.measure.createMany({
    data: [
      {
        slug,
        title: `${dataset.title}: ${metric.title} (${setting.title})`,
        settingSlug,
        datasetSlug,
        metricSlug,
        position: (last._max.position ?? -1) + 1,
      },
    ],
    skipDuplicates: true,
  });
}

async function showIn(
  tx: TransactionClient,
  suiteSlug: string,
  measureIds: readonly number[],
): Promise<void> {
  const suite = await tx.suite.findUnique({ where: { slug: suiteSlug } });
  if (!suite) throw new WarehouseError(`There is no suite '${suiteSlug}' to show the results in.`);
  const last = await tx.suiteMeasure.aggregate({ where: { suiteId: suite.id }, _max: { position: true } });
  const first = (last._max.position ?? -1) + 1;
  await tx.suiteMeasure.createMany({
    data: measureIds.map((measureId, at) => ({ suiteId: suite.id, measureId, position: first + at })),
    skipDuplicates: true,
  });
}

/** The measures' ids by slug. New ones are made, and shown in `suite` where no suite shows them. */
export async function ensureMeasures(
  tx: TransactionClient,
  slugs: readonly string[],
  suite: string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const find = () => tx.measure.findMany({ where: { slug: { in: [...slugs] } }, include: { suites: true } });
  const known = new Set((await find()).map(({ slug }) => slug));
  for (const slug of slugs) if (!known.has(slug)) await createMeasure(tx, slug);
  const measures = await find();
  const unshown = measures.filter(({ suites }) => suites.length === 0).map(({ id }) => id);
  if (suite !== undefined && unshown.length > 0) await showIn(tx, suite, unshown);
  return new Map(measures.map(({ slug, id }) => [slug, id]));
}
