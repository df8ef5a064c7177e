/**
 * What a detector's training step computes outside any graph: proposals, what they and the anchors are trained towards, pooled
 * regions, and their gradient put back onto the pyramid.
 */
import { DETECTOR_CUTS, type ImageSize, POOLED_LEVELS, POOLED_SIDE } from "../../networks/index.ts";
import { type AnyTensor, type SeededRandom, tensor } from "../../tensor/index.ts";
import type { Between, Feeds } from "../../training/index.ts";
import type { DetectionPlan } from "./batches.ts";
import { anchorBoxes, STRIDES } from "./boxes/anchors.ts";
import { ANCHOR_MATCHING } from "./boxes/matching.ts";
import { selectProposals } from "./boxes/proposals.ts";
import type { Regions } from "./boxes/roi-align.ts";
import type { MapLevel, RegionPool } from "./region-pool.ts";
import {
  ANCHOR_FRACTION,
  type DetectionSchedule,
  type Mode,
  PROPOSAL_NMS,
  REGION_FRACTION,
} from "./settings.ts";
import { type RegionTargets, targetAnchors, targetRegions } from "./targets.ts";

/** P2 to P6 of a canvas whose sides are multiples of 32. */
export function levelSizes({ height, width }: ImageSize): ImageSize[] {
  const halved = (n: number) => Math.floor((n - 1) / 2) + 1;
  const levels = [4, 8, 16, 32].map((stride) => ({ height: height / stride, width: width / stride }));
  const p5 = levels[3]!;
  return [...levels, { height: halved(p5.height), width: halved(p5.width) }];
}

/** Anchors of a canvas, the last few kept: they are the same for every batch of its size. */
export class AnchorCache {
  readonly #sides: readonly number[];
  readonly #known = new Map<string, Float32Array>();

  constructor(sides: readonly number[]) {
    this.#sides = sides;
  }

  of(canvas: ImageSize): Float32Array {
    const key = `${canvas.height} x ${canvas.width}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= 8) this.#known.clear();
    const made = anchorBoxes(levelSizes(canvas), this.#sides);
    this.#known.set(key, made);
    return made;
  }
}

/** Regions pooled from the maps that a graph answered: [rows, channels, 7, 7], zero beyond those given. */
export async function pooledFrom(
  pool: RegionPool,
  values: Feeds,
  regions: Regions,
  channels: number,
  canonical: number,
  rows: number,
): Promise<AnyTensor> {
  const maps = POOLED_LEVELS.map((name, i): MapLevel => {
    const { data, shape } = values[name]!;
    const [, , height, width] = shape as [number, number, number, number];
    return { data: data as Float32Array, height, width, stride: STRIDES[i]! };
  });
  const pooled = await pool.pool(maps, regions, channels, canonical, rows);
  return tensor("float32", [rows, channels, POOLED_SIDE, POOLED_SIDE], pooled);
}

/** The gradient by the pooled regions, put back onto the pyramid: what the last part of a step waits for. */
export async function gradientsBack(
  pool: RegionPool,
  values: Feeds,
  canvas: ImageSize,
  images: number,
  regions: Regions,
  channels: number,
  canonical: number,
): Promise<Feeds> {
  const levels = levelSizes(canvas)
    .slice(0, POOLED_LEVELS.length)
    .map((size, i) => ({ ...size, stride: STRIDES[i]! }));
  const gradient = values["gradient/pooled"]!.data as Float32Array;
  const gradients = await pool.spread(levels, images, regions, channels, canonical, gradient);
  return Object.fromEntries(
    gradients.map((data, i) => {
      const { height, width } = levels[i]!;
      return [`${POOLED_LEVELS[i]}/gradient`, tensor("float32", [images, channels, height, width], data)];
    }),
  );
}

/** One image's part of a batch's values, `each` numbers an anchor. */
export function ofImage(values: Feeds, name: string, image: number, anchors: number, each: number) {
  const all = values[name]!.data as Float32Array;
  return all.subarray(image * anchors * each, (image + 1) * anchors * each);
}

export interface StepOptions {
  readonly schedule: DetectionSchedule;
  readonly classes: number;
  readonly mode: Mode;
  readonly pool: RegionPool;
}

/** The places inside a step, for the shared training loop. */
export function detectorBetween(options: StepOptions): Between<DetectionPlan>[] {
  const { schedule, pool } = options;
  const anchors = new AnchorCache(schedule.anchorSides);
  const sampled = new WeakMap<DetectionPlan, Regions>();
  const [sample, back] = DETECTOR_CUTS;
  return [
    {
      ...sample,
      async compute(values, plan, random) {
        const { feeds, regions } = await sampleStep(values, plan, anchors.of(plan.canvas), random, options);
        sampled.set(plan, regions);
        return feeds;
      },
    },
    {
      ...back,
      compute: (values, plan) =>
        gradientsBack(
          pool,
          values,
          plan.canvas,
          plan.images.length,
          sampled.get(plan)!,
          schedule.width,
          schedule.canonicalSide,
        ),
    },
  ];
}

async function sampleStep(
  values: Feeds,
  plan: DetectionPlan,
  anchors: Float32Array,
  random: SeededRandom,
  { schedule, classes, mode, pool }: StepOptions,
): Promise<{ feeds: Feeds; regions: Regions }> {
  const images = plan.images.length;
  const a = anchors.length / 4;
  const exact = mode === "paper-exact";
  const matching = exact ? ({ ...ANCHOR_MATCHING, lowQuality: "all" } as const) : ANCHOR_MATCHING;
  const anchorSampling = { count: schedule.anchorsPerImage, fraction: ANCHOR_FRACTION };
  const regionSampling = { count: schedule.regionsPerImage, fraction: REGION_FRACTION };
  const labels = new Float32Array(images * a);
  const targets = new Float32Array(images * a * 4);
  // The order of draws: the anchors of every image, then the regions of every image.
  for (const [i, { boxes }] of plan.objects.entries()) {
    const own = targetAnchors(boxes, anchors, matching, anchorSampling, random);
    labels.set(own.labels, i * a);
    targets.set(own.targets, i * a * 4);
  }
  const sampled: RegionTargets[] = plan.objects.map(({ boxes, classes: kinds }, i) => {
    const proposals = selectProposals(
      ofImage(values, "objectness", i, a, 1),
      ofImage(values, "anchorDeltas", i, a, 4),
      anchors,
      levelSizes(plan.canvas),
      plan.sizes[i]!,
      { ...schedule.train, threshold: PROPOSAL_NMS, nonFinite: "fail", offsetGroups: exact },
    );
    return targetRegions(proposals.boxes, boxes, kinds, classes, regionSampling, random);
  });
  const rows = images * schedule.regionsPerImage;
  const regionLabels = new Float32Array(rows).fill(-1);
  const regionTargets = new Float32Array(rows * 4);
  const boxes: number[] = [];
  const image: number[] = [];
  for (const [i, one] of sampled.entries()) {
    regionLabels.set(one.labels, image.length);
    regionTargets.set(one.targets, image.length * 4);
    boxes.push(...one.boxes);
    for (let r = 0; r < one.labels.length; r++) image.push(i);
  }
  const regions = { boxes: Float32Array.from(boxes), image: Int32Array.from(image) };
  const pooled = await pooledFrom(pool, values, regions, schedule.width, schedule.canonicalSide, rows);
  return {
    regions,
    feeds: {
      anchorLabels: tensor("float32", [images, a], labels),
      anchorTargets: tensor("float32", [images, a, 4], targets),
      pooled,
      regionLabels: tensor("float32", [rows], regionLabels),
      regionTargets: tensor("float32", [rows, 4], regionTargets),
    },
  };
}
