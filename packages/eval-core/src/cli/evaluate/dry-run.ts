/** `evaluate --dry-run`: what would be done, and what it costs, without doing or writing any of it. */
import { datasetEntry, locateDataset, openDataset, SPLITS } from "../../datasets/index.ts";
import { backboneOf, batchSize, countCached } from "../../features/index.ts";
import { planEvaluation } from "../../protocols/evaluate.ts";
import { networkName } from "../../protocols/evaluation.ts";
import { openSession } from "../../runtime/index.ts";
import { tensor } from "../../tensor/index.ts";
import type { Context } from "../context.ts";
import { table } from "../table.ts";
import { duration } from "../terminal.ts";
import { readFinished } from "./finished.ts";
import type { Recorder } from "./recorder.ts";
import type { EvaluateRequest, Target } from "./request.ts";

export interface PlannedTarget {
  readonly dataset: string;
  readonly setting: string;
  readonly state: "missing" | "recorded" | "computed" | "to do" | "cannot";
  /** Why it is missing or cannot. */
  readonly reason?: string;
  readonly images?: number;
  /** Images whose features are not in the cache. */
  readonly toExtract?: number;
  readonly featureMegabytes?: number;
  readonly fingerprint?: string;
  readonly identity?: string;
}

export interface Plan {
  readonly targets: readonly PlannedTarget[];
  readonly imagesPerSecond: number;
  readonly device: string;
  readonly extractionSeconds: number;
}

export async function planTargets(
  { signal }: Context,
  request: EvaluateRequest,
  recorder: Recorder | undefined,
): Promise<Plan> {
  const backbone = backboneOf(request.checkpoint);
  const targets: PlannedTarget[] = [];
  for (const target of request.targets) {
    signal.throwIfAborted();
    targets.push(await planTarget(request, backbone, target, recorder, signal));
  }
  const { imagesPerSecond, device } = await timeBackbone(request, backbone);
  const toExtract = targets.reduce((sum, one) => sum + (one.toExtract ?? 0), 0);
  return { targets, imagesPerSecond, device, extractionSeconds: toExtract / imagesPerSecond };
}

async function planTarget(
  request: EvaluateRequest,
  backbone: ReturnType<typeof backboneOf>,
  target: Target,
  recorder: Recorder | undefined,
  signal: AbortSignal,
): Promise<PlannedTarget> {
  const named = { dataset: target.dataset, setting: target.setting.name };
  const entry = datasetEntry(target.dataset);
  if ((await locateDataset(target.dataset, request.data)) === undefined) {
    return { ...named, state: "missing", reason: `expected ${entry.layout}; ${entry.source}` };
  }
  const { data, allowPartial, preprocessing, seed, skipUnreadable, cacheFolder, checkpoint } = request;
  try {
    const dataset = await openDataset(target.dataset, data, { allowPartial });
    const manifest = await dataset.manifestHash({ signal });
    const { protocol, identity } = planEvaluation({
      setting: target.setting,
      dataset,
      manifest,
      checkpoint: networkName(checkpoint),
      preprocessing,
      seed,
      skipUnreadable,
    });
    const images = SPLITS.reduce((sum, split) => sum + (dataset.splits[split]?.length ?? 0), 0);
    const cached = await countCached(backbone, dataset, { preprocessing, manifest }, cacheFolder);
    const recorded = await recorder?.recorded(identity);
    const computed = readFinished(cacheFolder, identity);
    return {
      ...named,
      state: recorded ? "recorded" : computed ? "computed" : "to do",
      images,
      toExtract: recorded || computed ? 0 : images - cached,
      featureMegabytes: (images * backbone.featureSize * 4) / 1e6,
      fingerprint: protocol.fingerprint,
      identity,
    };
  } catch (error) {
    return { ...named, state: "cannot", reason: (error as Error).message };
  }
}

/** One batch to warm up and one to measure: the network alone, which is what bounds extraction. */
async function timeBackbone(
  { device, preprocessing }: EvaluateRequest,
  backbone: ReturnType<typeof backboneOf>,
) {
  const { crop } = preprocessing;
  const batch = batchSize(crop);
  const session = await openSession(backbone.model, { device });
  try {
    const x = tensor("float32", [batch, 3, crop, crop], new Float32Array(batch * 3 * crop * crop));
    await session.run({ [backbone.input]: x });
    const began = performance.now();
    await session.run({ [backbone.input]: x });
    return { imagesPerSecond: (batch * 1000) / (performance.now() - began), device: session.device };
  } finally {
    await session.close();
  }
}

export function planTable({ targets, imagesPerSecond, device, extractionSeconds }: Plan): string {
  const rows = targets.map(({ dataset, setting, state, reason, images, toExtract, featureMegabytes }) => [
    setting,
    dataset,
    state,
    images === undefined ? "" : String(images),
    toExtract === undefined ? "" : String(toExtract),
    featureMegabytes === undefined ? "" : featureMegabytes.toFixed(1),
    reason ?? "",
  ]);
  const columns = [
    { header: "protocol" },
    { header: "dataset" },
    { header: "state" },
    { header: "images", align: "right" as const },
    { header: "to extract", align: "right" as const },
    { header: "features MB", align: "right" as const },
    { header: "why" },
  ];
  return [
    table(columns, rows),
    `Extraction: about ${duration(extractionSeconds)} at ${imagesPerSecond.toFixed(1)} images/s on ${device}; the classifiers come on top.`,
  ].join("\n");
}
