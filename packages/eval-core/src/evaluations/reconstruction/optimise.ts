/** The optimisation of one picture, from its last checkpoint where an earlier attempt left one. */
import { type AnyTensor, tensor } from "../../tensor/index.ts";
import type { ResumeStore } from "../../training/index.ts";
import type { Watch } from "../pictures/watch.ts";
import { LEARNING_RATE } from "./protocol.ts";
import type { ReconstructionTrainer } from "./trainer.ts";

export interface Reconstructed {
  /** 3 x side x side, in the backbone's normalised space. */
  readonly output: AnyTensor;
  readonly initialLoss: number;
  readonly finalLoss: number;
  readonly seconds: number;
}

interface Progress {
  readonly step: number;
  readonly initialLoss: number;
  readonly seconds: number;
}

export interface Optimisation {
  /** Opens the network with this picture's noise, target and first weights; called only where there is work left. */
  readonly open: () => Promise<ReconstructionTrainer>;
  readonly store: ResumeStore;
  readonly index: number;
  readonly iterations: number;
  readonly signal: AbortSignal;
  readonly watch: Watch;
  /** Between checkpoints of 31 MB: so many seconds of work may be lost to a kill. */
  readonly everySeconds?: number;
}

export async function optimise({
  open,
  store,
  index,
  iterations,
  signal,
  watch,
  everySeconds = 15,
}: Optimisation): Promise<Reconstructed> {
  const finished = await store.loadTensors(`picture-${index}`);
  const output = finished?.tensors.get("output");
  if (finished && output) {
    watch.known(iterations);
    return { output, ...(finished.about as unknown as Omit<Reconstructed, "output">) };
  }
  const trainer = await open();
  const left = await store.loadTensors("current");
  const about = left?.about as unknown as (Progress & { readonly index: number }) | undefined;
  let at: Progress = { step: 0, initialLoss: Number.NaN, seconds: 0 };
  if (left && about?.index === index) {
    await trainer.restore(left.tensors);
    at = about;
    watch.known(at.step);
  }
  let kept = performance.now();
  const keep = async () => {
    const tensors = await trainer.state();
    store.saveTensors("current", { tensors, about: { index, ...at } });
    kept = performance.now();
  };
  while (at.step < iterations) {
    if (signal.aborted) await keep();
    signal.throwIfAborted();
    const began = performance.now();
    const { loss } = await trainer.step(at.step + 1, LEARNING_RATE);
    at = {
      step: at.step + 1,
      initialLoss: at.step === 0 ? loss : at.initialLoss,
      seconds: at.seconds + (performance.now() - began) / 1000,
    };
    watch.did(`loss ${loss.toPrecision(3)}`);
    if (performance.now() - kept > 1000 * everySeconds) await keep();
  }
  const { image, loss: finalLoss } = await trainer.image();
  const result = { initialLoss: at.initialLoss, finalLoss, seconds: at.seconds };
  const made = tensor("float32", [3, image.length / 3], image) as AnyTensor;
  store.saveTensors(`picture-${index}`, { tensors: new Map([["output", made]]), about: result });
  store.drop("current");
  return { output: made, ...result };
}
