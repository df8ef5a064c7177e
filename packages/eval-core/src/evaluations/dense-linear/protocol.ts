/** What makes two values of the linear segmentation head comparable, its schedules, and the options that change them. */
import type { Scenes } from "../../datasets/dense/pixel-data.ts";
import { type DenseOptions, scheduleOf } from "../dense/options.ts";
import { describeProtocol, type ProtocolDescription } from "../evaluation.ts";
import type { Spec } from "../kind.ts";

export const LIVE = "linear-segmentation";
export const CACHED = "linear-segmentation-cached";

export interface DenseLinearOptions extends Pick<DenseOptions, "schedule" | "steps"> {
  /** Side of what is trained on and of the test's windows, in pixels; undefined: the schedule's. */
  readonly side: number | undefined;
}

export type DenseLinearSpec = Spec<DenseLinearOptions, Scenes>;

export interface HeadSettings {
  readonly steps: number;
  readonly batch: number;
  readonly side: number;
  /** Steps of the warm-up. */
  readonly warmup: number;
}

/** DINOv3's; and what two cores should do in an hour or two, as the dry run reckons it. */
const PUBLISHED = { steps: 40_000, batch: 16, side: 512 };
const SHORTENED = { steps: 2000, batch: 16, side: 224 };
/** For drawn data and narrow backbones. */
const DRAWN = { steps: 150, batch: 4, side: 96 };

export const LEARNING_RATE = 1e-3;
export const WEIGHT_DECAY = 1e-3;
export const WARMUP_RATIO = 1e-6;
/** The share of channels that dropout takes. */
export const DROPOUT = 0.1;
/** The shorter side of a training picture, as a multiple of the crop's. */
export const RATIOS: readonly [number, number] = [0.5, 2];
/** No class takes more of a crop, where ten tries find such a one. */
export const MOST_OF_A_CLASS = 0.75;
export const CROP_TRIES = 10;
/** mmsegmentation's: levels, factors, and a share of the circle of hues. */
export const DISTORTION = { brightness: 32, contrast: 0.5, saturation: 0.5, hue: 18 / 180 } as const;

/** Warm-up scales with the steps. */
export function headSettings(options: DenseLinearOptions, dataset: string): HeadSettings {
  const shortened = scheduleOf(options, dataset) === "shortened";
  const drawn = dataset.endsWith("-shapes");
  const base = shortened ? (drawn ? DRAWN : SHORTENED) : PUBLISHED;
  const steps = options.steps ?? base.steps;
  const warmup = Math.round((steps * 1500) / PUBLISHED.steps);
  return { ...base, steps, side: options.side ?? base.side, warmup };
}

/** 341 of 512. */
export const strideOf = (side: number): number => Math.max(1, Math.floor((side * 341) / 512));

export function denseLinearDescription(spec: DenseLinearSpec): ProtocolDescription {
  const { options, data, setting } = spec;
  const settings = headSettings(options, data.name);
  const { steps, batch, side, warmup } = settings;
  const cached = setting === CACHED;
  const body = {
    evaluation: setting,
    version: 1,
    feature: "the last map of the backbone, frozen",
    input: cached ? "cached-centre-crop" : "random crops",
    ...(cached
      ? { maps: "float16", images: `shorter side ${side}, bilinear, then the centre ${side}; labels nearest` }
      : {
          augmentation: {
            shorterSide: RATIOS.map((ratio) => ratio * side),
            resize: "Pillow bilinear; labels nearest",
            crop: side,
            mostOfAClass: MOST_OF_A_CLASS,
            tries: CROP_TRIES,
            mirror: 0.5,
            distortion: { ...DISTORTION, each: 0.5, levels: "rounded once" },
            padding: "0 after normalisation; labels void",
          },
        }),
    normalisation: "of the checkpoint",
    order:
      "NumPy's legacy generator of the seed, a permutation an epoch, batches running on over their ends; pictures are drawn from generators of their own",
    head: "dropout of channels, batch norm (eps 1e-5, momentum 0.1), 1 x 1 convolution with bias from N(0, 0.01), bilinear to the labels",
    dropout: DROPOUT,
    loss: "cross-entropy, void pixels 0 and in the denominator",
    optimizer: {
      name: "AdamW",
      learningRate: LEARNING_RATE,
      betas: [0.9, 0.999],
      weightDecay: WEIGHT_DECAY,
      weightDecayOf: "all parameters",
      schedule: "warm-up over a linear decay, then cosine",
      warmup,
      warmupRatio: WARMUP_RATIO,
    },
    steps,
    batch,
    test: {
      shorterSide: side,
      resize: "Pillow bilinear",
      window: side,
      stride: strideOf(side),
      scores:
        "logits bilinear to the window, their mean, bilinear to the label's size; the first of the largest",
    },
    classes: data.classes.length,
    metric: "mean IoU over the classes labelled or predicted",
    splits: { rule: data.origin.splitRule },
    ...(data.origin.missing.length > 0 ? { partial: [...data.origin.missing] } : {}),
  };
  const name = cached ? "Linear segmentation on cached features" : "Linear segmentation";
  const published = steps === PUBLISHED.steps && side === PUBLISHED.side;
  const title = published ? name : `${name}, ${steps} steps at ${side}`;
  return describeProtocol(setting, title, body);
}
