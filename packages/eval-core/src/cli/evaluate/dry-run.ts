/**
 * `evaluate --dry-run`: what would be done, and what it costs, without doing any of it. All that stays behind is the
 * hashes of the datasets' files, which the evaluation itself then need not read again.
 */
import { datasetEntry, locateDataset, openDataset, SPLITS } from "../../datasets/index.ts";
import { planEvaluation } from "../../evaluations/evaluate.ts";
import { networkName } from "../../evaluations/evaluation.ts";
import { configurations } from "../../evaluations/many-shot-finetune/protocol.ts";
import type { Setting } from "../../evaluations/settings.ts";
import { backboneOf, batchSize, countCached } from "../../features/index.ts";
import { openSession } from "../../runtime/index.ts";
import { tensor } from "../../tensor/index.ts";
import type { Context } from "../context.ts";
import { table } from "../table.ts";
import { duration } from "../terminal.ts";
import { readFinished } from "./finished.ts";
import { manifestOf } from "./manifest.ts";
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
  /** Of the linear and few-shot protocols. */
  readonly featureMegabytes?: number;
  /** Images that fine-tuning trains on, every repetition counted. */
  readonly toTrain?: number;
  readonly fingerprint?: string;
  readonly identity?: string;
}

export interface Plan {
  readonly targets: readonly PlannedTarget[];
  readonly imagesPerSecond: number;
  readonly device: string;
  readonly extractionSeconds: number;
  readonly trainingSeconds: number;
}

/** What a training step costs in passes of the network: forward, and about twice that backward. */
const PASSES_OF_A_STEP = 3;

export async function planTargets(
  context: Context,
  request: EvaluateRequest,
  recorder: Recorder | undefined,
): Promise<Plan> {
  const backbone = backboneOf(request.checkpoint);
  const targets: PlannedTarget[] = [];
  for (const target of request.targets) {
    context.signal.throwIfAborted();
    targets.push(await planTarget(request, backbone, target, recorder, context));
  }
  const { imagesPerSecond, device } = await timeBackbone(request, backbone);
  const sumOf = (what: "toExtract" | "toTrain") => targets.reduce((sum, one) => sum + (one[what] ?? 0), 0);
  return {
    targets,
    imagesPerSecond,
    device,
    extractionSeconds: sumOf("toExtract") / imagesPerSecond,
    trainingSeconds: (PASSES_OF_A_STEP * sumOf("toTrain")) / imagesPerSecond,
  };
}

async function planTarget(
  request: EvaluateRequest,
  backbone: ReturnType<typeof backboneOf>,
  target: Target,
  recorder: Recorder | undefined,
  context: Context,
): Promise<PlannedTarget> {
  const named = { dataset: target.dataset, setting: target.setting.name };
  const entry = datasetEntry(target.dataset);
  if ((await locateDataset(target.dataset, request.data)) === undefined) {
    return { ...named, state: "missing", reason: `expected ${entry.layout}; ${entry.source}` };
  }
  const { data, allowPartial, preprocessing, seed, skipUnreadable, cacheFolder, checkpoint } = request;
  try {
    const dataset = await openDataset(target.dataset, data, { allowPartial });
    const manifest = await manifestOf(dataset, context, cacheFolder);
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
    const recorded = await recorder?.recorded(identity);
    const computed = readFinished(cacheFolder, identity);
    const done = recorded !== undefined || computed !== undefined;
    const work = async () => {
      if (target.setting.kind === "finetune") return { toTrain: done ? 0 : trainedImages(target.setting) };
      const cached = await countCached(backbone, dataset, { preprocessing, manifest }, cacheFolder);
      return {
        toExtract: done ? 0 : images - cached,
        featureMegabytes: (images * checkpoint.architecture.featureDimension * 4) / 1e6,
      };
    };
    return {
      ...named,
      state: recorded ? "recorded" : computed ? "computed" : "to do",
      images,
      ...(await work()),
      fingerprint: protocol.fingerprint,
      identity,
    };
  } catch (error) {
    context.signal.throwIfAborted();
    return { ...named, state: "cannot", reason: (error as Error).message };
  }
}

/** Over every configuration of the grid, and the refit. */
function trainedImages({ finetune }: Extract<Setting, { kind: "finetune" }>): number {
  return (configurations(finetune.grid).length + 1) * finetune.steps * finetune.batch;
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

export function planTable(plan: Plan): string {
  const { targets, imagesPerSecond, device } = plan;
  const trains = targets.some(({ toTrain }) => toTrain !== undefined);
  const number = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? "";
  const rows = targets.map(
    ({ dataset, setting, state, reason, images, toExtract, featureMegabytes, toTrain }) => [
      setting,
      dataset,
      state,
      number(images),
      ...(trains ? [number(toTrain)] : [number(toExtract), number(featureMegabytes, 1)]),
      reason ?? "",
    ],
  );
  const numbers = trains ? ["images", "to train on"] : ["images", "to extract", "features MB"];
  const columns = [
    { header: "protocol" },
    { header: "dataset" },
    { header: "state" },
    ...numbers.map((header) => ({ header, align: "right" as const })),
    { header: "why" },
  ];
  const rate = `${imagesPerSecond.toFixed(1)} images/s on ${device}`;
  const cost = trains
    ? `Training: about ${duration(plan.trainingSeconds)}, a step at ${PASSES_OF_A_STEP} times the network's ${rate}; it is measured before it starts.`
    : `Extraction: about ${duration(plan.extractionSeconds)} at ${rate}; the classifiers come on top.`;
  return [table(columns, rows), cost].join("\n");
}
