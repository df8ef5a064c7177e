/**
 * Many-shot fine-tuning as the paper's appendix and its authors' code define it: what makes two numbers comparable.
 * Where they leave room, the choice is named here and is part of the fingerprint.
 */
import type { DatasetMetric, Task } from "../../datasets/index.ts";
import { type Preprocessing, RANDOM_RESIZED_CROP, type RandomCrop } from "../../images/index.ts";
import { ProtocolError } from "../protocol-error.ts";

export type Augmentation = "random-resized-crop" | "centre-crop";

/** One point of the grid. */
export interface FinetuneConfiguration {
  readonly learningRate: number;
  /** As SGD uses it: the grid's value divided by the learning rate. */
  readonly weightDecay: number;
  readonly augmentation: Augmentation;
}

export interface FinetuneGrid {
  readonly learningRates: readonly number[];
  /** Before the division by the learning rate. */
  readonly weightDecays: readonly number[];
  readonly augmentations: readonly Augmentation[];
}

export interface FinetuneSettings {
  readonly steps: number;
  readonly batch: number;
  readonly grid: FinetuneGrid;
}

const logspace = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => 10 ** (from + ((to - from) * i) / (count - 1)));

export const AUGMENTATIONS: readonly Augmentation[] = ["random-resized-crop", "centre-crop"];

/** The paper's: 4 x 5 x 2 = 40 configurations. */
export const PAPER_SETTINGS: FinetuneSettings = {
  steps: 5000,
  batch: 64,
  grid: {
    learningRates: logspace(-4, -1, 4),
    weightDecays: [0, ...logspace(-6, -3, 4)],
    augmentations: AUGMENTATIONS,
  },
};

/** Every configuration of the grid, in the order in which ties are resolved: the first of equals is chosen. */
export function configurations({
  learningRates,
  weightDecays,
  augmentations,
}: FinetuneGrid): FinetuneConfiguration[] {
  return augmentations.flatMap((augmentation) =>
    learningRates.flatMap((learningRate) =>
      weightDecays.map((weightDecay) => ({
        learningRate,
        weightDecay: weightDecay / learningRate,
        augmentation,
      })),
    ),
  );
}

/** 0.0100 -> "0.01" */
const short = (value: number) => String(Number(value.toPrecision(3)));

export const inWords = ({ learningRate, weightDecay, augmentation }: FinetuneConfiguration): string =>
  `learning rate ${short(learningRate)}, weight decay ${short(weightDecay)}, ${augmentation}`;

/** Random crops of the side that the evaluation's own crops have. */
export const randomCropOf = ({ crop }: Preprocessing): RandomCrop => ({ ...RANDOM_RESIZED_CROP, crop });

export function finetuneProtocol(
  task: Task,
  metric: DatasetMetric,
  settings: FinetuneSettings,
  preprocessing: Preprocessing,
) {
  const { crop: side, ...random } = randomCropOf(preprocessing);
  return {
    evaluation: "many-shot-finetune",
    version: 1,
    network: "whole backbone and a linear head",
    head: "uniform within 1/sqrt(features), weights and bias, drawn anew for every configuration from one seed",
    steps: settings.steps,
    batch: settings.batch,
    batches: "a stream of shuffled epochs, cut every batch",
    optimizer: "SGD, Nesterov momentum 0.9, cosine annealing to 0 without restarts",
    batchNorm: "training mode, running statistics with momentum 0.1 and unbiased variance",
    loss: task === "multi-label" ? "binary cross-entropy, mean over images and classes" : "cross-entropy",
    grid: gridInProtocol(settings.grid),
    randomResizedCrop: { side, ...random, filter: "bicubic" },
    metric,
    selection:
      "best validation score at the end, the first of equals; refit on train and validation; one test",
  };
}

/** A grid as protocols say it. */
export const gridInProtocol = ({ learningRates, weightDecays, augmentations }: FinetuneGrid) => ({
  learningRates: learningRates.map(rounded),
  weightDecays: weightDecays.map(rounded),
  weightDecayOver: "the learning rate",
  augmentations,
});

/** Powers of ten without the last bits of floating point. */
const rounded = (value: number): number => Number(value.toPrecision(12));

/**
 * A grid from text: learning rates, weight decays and augmentations between slashes, each a list with commas, as in
 * `0.01,0.1/0,1e-4/centre-crop`. Parts left out are the paper's.
 * @throws ProtocolError saying which part is wrong
 */
export function gridNamed(text: string): FinetuneGrid {
  const [rates = "", decays = "", augmentations = "", ...rest] = text.split("/");
  if (rest.length > 0)
    throw new ProtocolError(`the grid '${text}' has more than three parts between slashes`);
  const numbers = (part: string, what: string, least: number, otherwise: readonly number[]) => {
    if (part.trim() === "") return otherwise;
    return part.split(",").map((item) => {
      const value = Number(item);
      if (item.trim() !== "" && Number.isFinite(value) && value >= least) return value;
      throw new ProtocolError(`'${item}' is no ${what} for a grid`);
    });
  };
  const { grid } = PAPER_SETTINGS;
  return {
    learningRates: numbers(rates, "learning rate", Number.MIN_VALUE, grid.learningRates),
    weightDecays: numbers(decays, "weight decay", 0, grid.weightDecays),
    augmentations:
      augmentations.trim() === ""
        ? grid.augmentations
        : augmentations.split(",").map((name) => {
            const known = AUGMENTATIONS.find((one) => one === name);
            if (known) return known;
            throw new ProtocolError(`unknown augmentation '${name}': known are ${AUGMENTATIONS.join(", ")}`);
          }),
  };
}
