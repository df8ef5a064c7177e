/**
 * The optimisation of one image's reconstruction after the other: one graph and one session for all of them, weights and
 * momenta on the device between steps, and everything that a step depends on to be read and put back.
 */
import type { DrawnPrior, ReconstructionGraph } from "../../networks/index.ts";
import { writeModel } from "../../onnx/index.ts";
import {
  adam,
  LEARNING_RATE,
  STEP,
  type TrainingStep,
  trainingStep,
  WEIGHT_DECAY,
} from "../../optim/index.ts";
import {
  chooseDevice,
  type Device,
  type DeviceChoice,
  openSession,
  type Session,
} from "../../runtime/index.ts";
import { type AnyTensor, tensor } from "../../tensor/index.ts";

export interface TrainerOptions {
  readonly device?: DeviceChoice;
  readonly threads?: number;
  /** Answer the gradients of every step: for comparisons. */
  readonly gradients?: boolean;
}

export interface StepResult {
  /** Before the step. */
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, AnyTensor>;
}

const scalar = (value: number): AnyTensor => tensor("float32", [], Float32Array.of(value));
const GRADIENT = "gradient/";

export class ReconstructionTrainer implements AsyncDisposable {
  readonly #session: Session;
  readonly #step: TrainingStep;

  private constructor(session: Session, step: TrainingStep) {
    this.#session = session;
    this.#step = step;
  }

  static async open(
    { graph, parameters }: ReconstructionGraph,
    { device = "auto", threads, gradients = false }: TrainerOptions = {},
  ): Promise<ReconstructionTrainer> {
    const chosen = await chooseDevice(device);
    const step = trainingStep(graph, {
      loss: "loss",
      optimizer: adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
      parameters,
      forCpu: chosen === "cpu",
      gradients,
    });
    const session = await openSession(writeModel(step.graph), {
      device: chosen,
      stay: Object.keys(step.carried),
      ...(threads === undefined ? {} : { threads }),
    });
    return new ReconstructionTrainer(session, step);
  }

  get device(): Device {
    return this.#session.device;
  }

  /** Begins an image: its noise, its target, the weights it starts from, and an optimiser that has seen nothing. */
  async begin({ noise, weights }: DrawnPrior, target: AnyTensor): Promise<void> {
    await this.#session.state.set("noise", noise);
    await this.#session.state.set("target", target);
    await this.restore(new Map([...this.#step.initial, ...weights]));
  }

  /** One step of Adam. @param number how many steps that makes: 1 at the first. */
  async step(number: number, learningRate: number): Promise<StepResult> {
    const answer = await this.#run(number, learningRate, this.#step.carried);
    const gradients = Object.entries(answer).flatMap(([name, value]) =>
      name.startsWith(GRADIENT) ? [[name.slice(GRADIENT.length), value] as const] : [],
    );
    return { loss: Number(answer.loss!.data[0]), gradients: new Map(gradients) };
  }

  /** The image as the weights make it now, [1, 3, corner, corner], and its loss. */
  async image(): Promise<{ image: Float32Array; loss: number }> {
    const unused = Object.entries(this.#step.carried).map(([output, name]) => [output, `unused/${name}`]);
    const answer = await this.#run(1, 0, Object.fromEntries(unused));
    return { image: answer.image!.data as Float32Array, loss: Number(answer.loss!.data[0]) };
  }

  /** Weights and momenta: all that the next step depends on besides noise and target. */
  async state(): Promise<Map<string, AnyTensor>> {
    const values = new Map<string, AnyTensor>();
    for (const name of this.#step.initial.keys()) values.set(name, await this.#session.state.read(name));
    return values;
  }

  async restore(values: ReadonlyMap<string, AnyTensor>): Promise<void> {
    for (const name of this.#step.initial.keys()) await this.#session.state.set(name, values.get(name)!);
  }

  /** Always of the same outputs: on a graphics card onnxruntime's binding keeps those of the first run. */
  async #run(number: number, learningRate: number, keep: Readonly<Record<string, string>>) {
    const feeds = {
      [LEARNING_RATE]: scalar(learningRate),
      [WEIGHT_DECAY]: scalar(0),
      [STEP]: scalar(number),
    };
    const known = new Set(this.#session.inputs.map(({ name }) => name));
    const wanted = Object.fromEntries(Object.entries(feeds).filter(([name]) => known.has(name)));
    const fetched = this.#session.outputs
      .map(({ name }) => name)
      .filter((name) => !(name in this.#step.carried));
    return this.#session.run(wanted, fetched, { keep });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
  }
}
