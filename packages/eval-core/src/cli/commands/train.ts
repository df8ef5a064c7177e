/** `transferboard train`: fine-tuning on batches as given, to be held against any other framework's numbers. */
import { saveSafetensors } from "../../checkpoints/index.ts";
import { trainOnArrays } from "../../evaluations/many-shot-finetune/arrays.ts";
import { narrowed, readNpy } from "../../tensor/index.ts";
import type { AddCommand } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deviceChoice, fileToWrite, wholeNumber } from "../options.ts";
import { timed } from "../terminal.ts";

interface TrainOptions {
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
x is steps x batch x 3 x height x width in float32, already normalised; y is steps x batch class numbers.
Every step takes one batch. Batch norm uses the batch's statistics and keeps running ones as PyTorch does.

Example:
  transferboard train --checkpoint initial.pth --backbone-prefix 0. --head-prefix 1. \\
    --x batches_x.npy --y batches_y.npy --lr 0.02 --weight-decay 1e-3 --nesterov --out final.safetensors`;

/** A number of at least 0. */
function amount(option: string, given: string): number {
  const number = Number(given);
  if (given.trim() !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new CommandError(`${option} must be a number from 0 up, not '${given}'`, EXIT.usage);
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
    .option("--backbone-prefix <start>", "how the names of the backbone's tensors begin, such as 0.")
    .option("--head-prefix <start>", "how the head's weight and bias begin; without it a head is drawn")
    .requiredOption("--x <file.npy>", "the batches' images")
    .requiredOption("--y <file.npy>", "the batches' labels")
    .requiredOption("--lr <number>", "learning rate at the first step")
    .option("--weight-decay <number>", "added to the gradient, times the weight", "0")
    .option("--momentum <number>", "of SGD", "0.9")
    .option("--nesterov", "Nesterov's momentum")
    .option("--schedule <name>", "of the learning rate: cosine (to 0 over all steps), or constant", "cosine")
    .option("--classes <number>", "of a drawn head; one more than the largest label unless told")
    .option("--seed <number>", "of a drawn head", "0")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <number>", "CPU threads of one operator")
    .option("--no-fallback", "refuse a device that would leave any part of a step to the CPU")
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
      const step = timed(terminal.step("Training"));
      const trained = await trainOnArrays({
        checkpoint: options.checkpoint,
        ...(options.backbonePrefix === undefined ? {} : { backbonePrefix: options.backbonePrefix }),
        ...(options.headPrefix === undefined ? {} : { headPrefix: options.headPrefix }),
        x: narrowed(readNpy(options.x)),
        y: readNpy(options.y),
        learningRate: amount("--lr", options.lr),
        weightDecay: amount("--weight-decay", options.weightDecay),
        momentum,
        nesterov: options.nesterov ?? false,
        schedule: scheduleNamed(options.schedule),
        ...(options.classes === undefined ? {} : { classes: wholeNumber("--classes", options.classes, 1) }),
        seed: wholeNumber("--seed", options.seed),
        device: deviceChoice(options.device),
        ...(options.threads === undefined ? {} : { threads: wholeNumber("--threads", options.threads, 1) }),
        noFallback: !options.fallback,
        gradients: options.gradients !== undefined,
        onStep: (done, steps, loss, rate) => {
          step.update(done + 1, steps, `loss ${loss.toFixed(4)}`);
          if (!options.json)
            terminal.print(`step ${done + 1}  loss ${loss.toFixed(6)}  lr ${rate.toPrecision(6)}`);
        },
        signal,
      });
      step.end(`${trained.losses.length} steps on ${trained.device}`);
      if (options.out !== undefined) saveSafetensors(trained.weights, options.out);
      if (options.gradients !== undefined) saveSafetensors(trained.gradients, options.gradients);
      if (options.json) {
        const { losses, learningRates, device } = trained;
        const files = { out: options.out ?? null, gradients: options.gradients ?? null };
        terminal.print(JSON.stringify({ device, losses, learning_rates: learningRates, ...files }, null, 2));
      }
    });
};
