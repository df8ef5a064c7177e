/** `transferboard train`: fine-tuning on batches as given, to be held against any other framework's numbers. */
import { saveSafetensors } from "../../checkpoints/index.ts";
import type { TrainedDetector } from "../../evaluations/detection/arrays.ts";
import { trainOnArrays } from "../../evaluations/many-shot-finetune/arrays.ts";
import { PIXEL_HEADS, type PixelHead, trainPixelsOnArrays } from "../../evaluations/pixel-labels/arrays.ts";
import { cosineAnnealing } from "../../optim/index.ts";
import { narrowed, readNpy } from "../../tensor/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, fileToWrite, wholeNumber } from "../options.ts";
import { timed } from "../terminal.ts";
import { type DetectorFlags, refuseDetectorFlags, trainDetector } from "../train/detector.ts";

interface TrainOptions extends DetectorFlags {
  readonly head: string;
  readonly dropout?: string;
  readonly statistics: string;
  readonly checkpoint: string;
  readonly backbonePrefix?: string;
  readonly headPrefix?: string;
  readonly x: string;
  readonly y: string;
  readonly lr: string;
  readonly weightDecay: string;
  readonly momentum: string;
  readonly nesterov?: boolean;
  readonly schedule: string;
  readonly classes?: string;
  readonly seed: string;
  readonly device: string;
  readonly threads?: string;
  readonly fallback: boolean;
  readonly out?: string;
  readonly gradients?: string;
  readonly json?: boolean;
}

const HELP = `
x has the shape steps x batch x 3 x height x width in float32, already normalised; y holds steps x batch class numbers.
Every step takes one batch. Batch norm uses the statistics of the batch and keeps running ones as PyTorch does.
--head faster-rcnn: the checkpoint holds backbone, pyramid and heads, named as in detectron2 (fpn_lateral2, rpn.conv,
box_head.fc1, box_predictor.cls_score ...). x is one batch for all steps, with sides that are multiples of 32. y holds steps x
batch x regions classes; the background is one beyond the last. All samples are given, so nothing is random.
--head pspnet or upernet: the checkpoint holds backbone and head, named as in CSAIL's code. y holds steps x batch x height/8 x
width/8 (pspnet, whose backbone is frozen) or height/4 x width/4 (upernet) classes; classes below 0 are ignored. Weight decay
applies to convolutions only.

Examples:
  transferboard train --checkpoint initial.pth --backbone-prefix 0. --head-prefix 1. \\
    --x batches_x.npy --y batches_y.npy --lr 0.02 --weight-decay 1e-3 --nesterov --out final.safetensors
  transferboard train --head pspnet --checkpoint state.pth --x inputs.npy --y labels.npy --dropout dropout_masks.npy \\
    --lr 0.02,0.02,0.0182 --weight-decay 1e-4 --gradients gradients.safetensors
  transferboard train --head faster-rcnn --freeze --checkpoint state.pth --x batch.npy --y frozen_roi_classes.npy \\
    --objects expected.json --anchor-labels frozen_anchor_labels.npy --anchors-per-image 64 \\
    --regions frozen_roi_boxes.npy --region-objects frozen_roi_matched_gt.npy --lr 1e-3 --schedule constant`;

/** A number of at least 0. */
function amount(option: string, given: string): number {
  const number = Number(given);
  if (given.trim() !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new CommandError(`${option} must be a number from 0 up, not '${given}'`, EXIT.usage);
}

/** One learning rate, or one a step between commas. */
const ratesOf = (given: string): number[] => given.split(",").map((one) => amount("--lr", one));

function oneRate(rates: readonly number[]): number {
  if (rates.length === 1) return rates[0]!;
  throw new CommandError(
    "--lr takes one number with the linear head: its schedule does the rest",
    EXIT.usage,
  );
}

/** One rate a step: as given, or by the schedule from the one given. */
function ratesFor(
  rates: readonly number[],
  schedule: "cosine" | "constant",
  steps: number,
): readonly number[] {
  if (rates.length > 1) return rates;
  const at = schedule === "cosine" ? cosineAnnealing(rates[0]!, steps) : () => rates[0]!;
  return Array.from({ length: steps }, (_, step) => at(step));
}

type Head = "linear" | "faster-rcnn" | PixelHead;
const HEADS: readonly string[] = ["linear", "faster-rcnn", ...Object.keys(PIXEL_HEADS)];

function headNamed(name: string): Head {
  if (HEADS.includes(name)) return name as Head;
  const known = HEADS.join(", ");
  throw new CommandError(`unknown head '${name}': known are ${known}`, EXIT.usage);
}

function scheduleNamed(name: string): "cosine" | "constant" {
  if (name === "cosine" || name === "constant") return name;
  throw new CommandError(`unknown schedule '${name}': known are cosine, constant`, EXIT.usage);
}

export const addTrain: AddCommand = (program, contextOf) => {
  program
    .command("train")
    .description("fine-tune a ResNet and a linear head by SGD on batches given as arrays")
    .requiredOption("--checkpoint <file>", "initial weights: .pth, .pt, .pth.tar, .safetensors or .onnx")
    .option("--backbone-prefix <start>", "the beginning of the backbone's tensor names, such as 0.")
    .option(
      "--head-prefix <start>",
      "the beginning of the head's tensor names; without it, the head is initialised randomly",
    )
    .requiredOption("--x <file.npy>", "images of the batches")
    .requiredOption("--y <file.npy>", "labels of the batches")
    .option("--head <name>", "the head on the backbone: linear, faster-rcnn, pspnet or upernet", "linear")
    .option("--objects <file.json>", "faster-rcnn: gt_boxes, the boxes x1, y1, x2, y2 of each image")
    .option(
      "--anchor-labels <file.npy>",
      "faster-rcnn: steps x batch x anchors; 1, 0, or below 0 for not sampled",
    )
    .option("--anchors-per-image <number>", "faster-rcnn: divisor of the proposal losses")
    .option("--regions <file.npy>", "faster-rcnn: the sampled boxes, steps x batch x regions x 4")
    .option(
      "--region-objects <file.npy>",
      "faster-rcnn: the matched object of each sampled box, steps x batch x regions x 4",
    )
    .option("--freeze", "faster-rcnn: freeze the backbone up to layer3")
    .option("--dropout <file.npy>", "pspnet: dropout masks, steps x batch x channels")
    .option(
      "--statistics <rule>",
      "pspnet and upernet: running statistics debiased, or plain as in the papers' code",
      "debiased",
    )
    .requiredOption("--lr <numbers>", "initial learning rate, or one rate per step, separated by commas")
    .option("--weight-decay <number>", "weight decay, added to the gradient", "0")
    .option("--momentum <number>", "momentum of SGD", "0.9")
    .option("--nesterov", "use Nesterov momentum")
    .option("--schedule <name>", "learning rate schedule: cosine (to 0 over all steps) or constant", "cosine")
    .option("--classes <number>", "classes of a random head (default: one more than the largest label)")
    .option("--seed <number>", "seed of a random head", "0")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--no-fallback", "refuse a device that would run any part of a step on the CPU")
    .option("--out <file.safetensors>", "write the final weights, named as in the checkpoint")
    .option("--gradients <file.safetensors>", "write the first step's gradients")
    .option("--json", "print one JSON document: losses and learning rates")
    .addHelpText("after", HELP)
    .action(async (options: TrainOptions) => {
      const { terminal, signal } = contextOf(options.json);
      if (options.out !== undefined) fileToWrite("--out", options.out);
      if (options.gradients !== undefined) fileToWrite("--gradients", options.gradients);
      const momentum = amount("--momentum", options.momentum);
      if (options.nesterov && momentum === 0) {
        throw new CommandError("--nesterov needs a --momentum above 0", EXIT.usage);
      }
      const head = headNamed(options.head);
      if (options.statistics !== "debiased" && options.statistics !== "plain")
        throw new CommandError(
          `unknown statistics '${options.statistics}': known are debiased, plain`,
          EXIT.usage,
        );
      if (head !== "linear" && options.nesterov)
        throw new CommandError(`--nesterov works with the linear head only, not with ${head}`, EXIT.usage);
      if (head !== "faster-rcnn") refuseDetectorFlags(head, options);
      if (head !== "pspnet" && options.dropout !== undefined)
        throw new CommandError(`--dropout works with pspnet only: ${head} has no dropout`, EXIT.usage);
      const step = timed(terminal.step("Training"));
      const onStep = (done: number, steps: number, loss: number, rate: number) => {
        step.update(done + 1, steps, `loss ${loss.toFixed(4)}`);
        if (!options.json)
          terminal.print(`step ${done + 1}  loss ${loss.toFixed(6)}  lr ${rate.toPrecision(6)}`);
      };
      const common = {
        checkpoint: options.checkpoint,
        x: narrowed(readNpy(options.x)),
        y: readNpy(options.y),
        weightDecay: amount("--weight-decay", options.weightDecay),
        momentum,
        device: deviceChoice(options.device),
        ...(options.threads === undefined ? {} : { threads: wholeNumber("--threads", options.threads, 1) }),
        noFallback: !options.fallback,
        gradients: options.gradients !== undefined,
        onStep,
        signal,
      };
      const rates = ratesOf(options.lr);
      const trained =
        head === "linear"
          ? await trainOnArrays({
              ...common,
              ...(options.backbonePrefix === undefined ? {} : { backbonePrefix: options.backbonePrefix }),
              ...(options.headPrefix === undefined ? {} : { headPrefix: options.headPrefix }),
              learningRate: oneRate(rates),
              nesterov: options.nesterov ?? false,
              schedule: scheduleNamed(options.schedule),
              ...(options.classes === undefined
                ? {}
                : { classes: wholeNumber("--classes", options.classes, 1) }),
              seed: wholeNumber("--seed", options.seed),
            })
          : head === "faster-rcnn"
            ? await trainDetector(options, {
                ...common,
                backbonePrefix: options.backbonePrefix ?? "backbone.",
                learningRates: ratesFor(rates, scheduleNamed(options.schedule), common.y.shape[0] ?? 0),
              })
            : await trainPixelsOnArrays({
                ...common,
                head,
                backbonePrefix: options.backbonePrefix ?? "encoder.",
                headPrefix: options.headPrefix ?? "decoder.",
                ...(options.dropout === undefined ? {} : { dropout: narrowed(readNpy(options.dropout)) }),
                learningRates: ratesFor(rates, scheduleNamed(options.schedule), common.x.shape[0] ?? 0),
                plainStatistics: options.statistics === "plain",
              });
      step.end(`${trained.losses.length} steps on ${trained.device}`);
      if (options.out !== undefined) saveSafetensors(trained.weights, options.out);
      if (options.gradients !== undefined) saveSafetensors(trained.gradients, options.gradients);
      if (options.json) {
        const { losses, learningRates, device } = trained;
        const parts = head === "faster-rcnn" ? (trained as TrainedDetector).parts : {};
        const files = { out: options.out ?? null, gradients: options.gradients ?? null };
        terminal.print(
          JSON.stringify({ device, losses, ...parts, learning_rates: learningRates, ...files }, null, 2),
        );
      }
    });
};
