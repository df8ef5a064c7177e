/**
 * A network in training on a device: its weights and its optimiser's state live there, and only losses come back. One
 * set of weights serves graphs of several input sizes, for training and for inference.
 */
import { gradientName, prune } from "../autodiff/index.ts";
import { type Graph, writeModel } from "../onnx/index.ts";
import {
  LEARNING_RATE,
  type Optimizer,
  STATISTICS_MOMENTUM,
  STEP,
  type TrainingStep,
  trainingStep,
  WEIGHT_DECAY,
} from "../optim/index.ts";
import { chooseDevice, type Device, type DeviceChoice, openSession, type Session } from "../runtime/index.ts";
import { type AnyTensor, tensor } from "../tensor/tensor.ts";
import { SessionCache } from "./sessions.ts";
import { type Cut, cutIntoStages, type Stage } from "./stages.ts";
import type { Feeds, TrainingNetwork } from "./task.ts";

export interface TrainerOptions {
  readonly optimizer: Optimizer;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  /** Answer every step's gradients. */
  readonly gradients?: boolean;
  /** Refuse a device that would leave any part of a step to the CPU. */
  readonly noFallback?: boolean;
  /** Where a step is cut: what is read there, and what is supplied. */
  readonly cuts?: readonly Cut[];
  /** Momentum of batch norm's running statistics; 0.1 unless told. "fed": a number a step. */
  readonly statisticsMomentum?: number | "fed";
  /** How many input sizes keep their sessions open, for training and for inference each; 4 unless told. */
  readonly sizes?: number;
}

/** What a step is scaled by. */
export interface Rates {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Steps made, this one included; read by Adam. */
  readonly step?: number;
  readonly statisticsMomentum?: number;
}

export interface StepResult {
  /** The scalar outputs, by name. */
  readonly values: Readonly<Record<string, number>>;
  readonly gradients: ReadonlyMap<string, AnyTensor>;
}

/** What is computed at a cut: from the values read to the inputs supplied. */
export type AtCut = (cut: number, values: Feeds) => Promise<Feeds>;

interface OpenStage {
  readonly stage: Stage;
  readonly session: Session;
}

interface OpenSize {
  readonly sessions: readonly Session[];
  readonly stages: readonly OpenStage[];
  readonly step: TrainingStep;
  readonly reports: readonly string[];
}

interface OpenInference {
  readonly sessions: readonly Session[];
}

const scalar = (value: number) => tensor("float32", [], Float32Array.of(value));

export class Trainer implements AsyncDisposable {
  readonly #options: TrainerOptions;
  readonly #device: Device;
  readonly #training: SessionCache<OpenSize>;
  readonly #inference: SessionCache<OpenInference>;
  /** Weights, statistics and the optimiser's state before the first step. */
  #initial: ReadonlyMap<string, AnyTensor> = new Map();
  /** All initializers of the network, frozen ones too. */
  #initializers: ReadonlyMap<string, AnyTensor> = new Map();
  /** A session that holds the worker with the state. */
  #host: Session | undefined;
  #openingMs = 0;

  private constructor(options: TrainerOptions, device: Device) {
    this.#options = options;
    this.#device = device;
    this.#training = new SessionCache(options.sizes ?? 4);
    this.#inference = new SessionCache(options.sizes ?? 4);
  }

  /** @param network of any size of input that training will see; its weights are where training starts. */
  static async open(
    first: { readonly key: string; readonly network: TrainingNetwork },
    options: TrainerOptions,
  ): Promise<Trainer> {
    const device = await chooseDevice(options.device ?? "auto");
    const trainer = new Trainer(options, device);
    try {
      const { step } = await trainer.#size(first.key, () => first.network);
      trainer.#initial = step.initial;
      trainer.#initializers = first.network.graph.initializers;
      await trainer.reset();
      return trainer;
    } catch (error) {
      await trainer.close();
      throw error;
    }
  }

  get device(): Device {
    return this.#device;
  }

  /** Milliseconds spent so far on building graphs and opening sessions. */
  get openingMs(): number {
    return this.#openingMs;
  }

  /** Back to the network's own weights, some of them replaced, and an optimiser that has seen nothing. */
  async reset(weights: ReadonlyMap<string, AnyTensor> = new Map()): Promise<void> {
    for (const [name, value] of this.#initial) await this.#host!.state.set(name, weights.get(name) ?? value);
  }

  /** One step of descent. Runs one at a time. */
  async step(
    key: string,
    network: () => TrainingNetwork,
    feeds: Feeds,
    rates: Rates,
    atCut?: AtCut,
  ): Promise<StepResult> {
    const { stages, step, reports } = await this.#size(key, network);
    const scalars: Record<string, AnyTensor> = {
      [LEARNING_RATE]: scalar(rates.learningRate),
      [WEIGHT_DECAY]: scalar(rates.weightDecay),
      [STEP]: scalar(rates.step ?? 1),
      [STATISTICS_MOMENTUM]: scalar(rates.statisticsMomentum ?? 0.1),
    };
    let fed: Feeds = { ...feeds, ...scalars };
    const values: Record<string, number> = {};
    const gradients = new Map<string, AnyTensor>();
    const crossed: string[] = [];
    for (const [i, { stage, session }] of stages.entries()) {
      const keep: Record<string, string> = {};
      for (const name of stage.outputs) if (step.carried[name]) keep[name] = step.carried[name];
      for (const name of stage.crossing) keep[name] = name;
      const answers = stage.outputs.filter((name) => reports.includes(name) || this.#isGradient(step, name));
      const fetch = [...new Set([...answers, ...stage.reads])];
      const known = new Set(session.inputs.map((input) => input.name));
      const own = Object.fromEntries(Object.entries(fed).filter(([name]) => known.has(name)));
      const answer = await session.run(own, fetch, { keep });
      crossed.push(...stage.crossing);
      for (const name of answers) {
        const value = answer[name]!;
        if (reports.includes(name)) values[name] = Number(value.data[0]);
        else gradients.set(name.slice(gradientName("").length), value);
      }
      if (i + 1 < stages.length) {
        if (!atCut) throw new RangeError("the step is cut, and nothing is computed there");
        const read = Object.fromEntries(stage.reads.map((name) => [name, answer[name]!]));
        fed = { ...fed, ...(await atCut(i, read)) };
      }
    }
    // Activations of a step would otherwise stay until the next one replaced them.
    for (const name of crossed) await this.#host!.state.drop(name);
    return { values, gradients };
  }

  /** Everything that the next step depends on, by name: weights, statistics and the optimiser's state. */
  async state(): Promise<Map<string, AnyTensor>> {
    const values = new Map<string, AnyTensor>();
    for (const name of this.#initial.keys()) values.set(name, await this.#host!.state.read(name));
    return values;
  }

  /** Weights and running statistics, frozen ones too, without the optimiser's state. */
  async weights(): Promise<Map<string, AnyTensor>> {
    const values = new Map(this.#initializers);
    for (const name of this.#initial.keys()) {
      if (this.#initializers.has(name)) values.set(name, await this.#host!.state.read(name));
    }
    return values;
  }

  /**
   * Runs a graph in inference with the weights as they stand.
   * @param key of its input sizes; `build` answers the graph, whose initializers of trained names are read from the state
   */
  async predict(key: string, build: () => Graph, feeds: Feeds, fetches?: readonly string[]): Promise<Feeds> {
    const { sessions } = await this.#inference.get(key, async () => {
      const began = performance.now();
      const session = await this.#open(this.#withTrainedAsInputs(build()), []);
      this.#openingMs += performance.now() - began;
      return { sessions: [session] };
    });
    return sessions[0]!.run(feeds, fetches);
  }

  async close(): Promise<void> {
    await this.#inference.close();
    await this.#training.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #isGradient(step: TrainingStep, name: string): boolean {
    return this.#options.gradients === true && step.parameters.some((p) => gradientName(p) === name);
  }

  async #size(key: string, network: () => TrainingNetwork): Promise<OpenSize> {
    return this.#training.get(key, async () => {
      const began = performance.now();
      const { graph, objective = "loss", parameters, frozen, decayed, dimensions, ...rest } = network();
      const { optimizer, gradients, cuts = [], statisticsMomentum } = this.#options;
      const step = trainingStep(graph, {
        loss: objective,
        optimizer,
        parameters,
        forCpu: this.#device === "cpu",
        inputGradients: inputGradients(cuts),
        ...(dimensions ? { dimensions } : {}),
        ...(frozen ? { frozen } : {}),
        ...(decayed ? { decayed } : {}),
        ...(gradients ? { gradients } : {}),
        ...(statisticsMomentum === undefined
          ? {}
          : { momentum: statisticsMomentum === "fed" ? { input: STATISTICS_MOMENTUM } : statisticsMomentum }),
      });
      const stages: OpenStage[] = [];
      for (const stage of cutIntoStages(step.graph, cuts, step.carried)) {
        const stay = [...stage.outputs.filter((name) => name in step.carried), ...stage.crossing];
        stages.push({ stage, session: await this.#open(stage.graph, stay, cuts.length === 0) });
      }
      const reports = rest.reports ?? scalarOutputs(graph);
      this.#openingMs += performance.now() - began;
      return { stages, step, reports, sessions: stages.map(({ session }) => session) };
    });
  }

  /** @param arena not for a cut step: each stage would hold its own peak while the others run */
  async #open(graph: Graph, stay: readonly string[], arena = true): Promise<Session> {
    const { threads, noFallback } = this.#options;
    const session = await openSession(writeModel(graph), {
      device: this.#device,
      // Thousands of operators a step: threads that slept between them made it a tenth longer or more.
      spin: stay.length > 0,
      stay,
      arena,
      ...(threads === undefined ? {} : { threads }),
      ...(noFallback === undefined ? {} : { noFallback }),
      ...(this.#host ? { beside: this.#host } : {}),
    });
    this.#host ??= session;
    return session;
  }

  /** The graph with what is trained as inputs that the shared state feeds. */
  #withTrainedAsInputs(graph: Graph): Graph {
    const initializers = new Map(graph.initializers);
    const inputs = [...graph.inputs];
    for (const name of this.#initial.keys()) {
      const weight = initializers.get(name);
      if (!weight) continue;
      initializers.delete(name);
      inputs.push({ name, dtype: weight.dtype, shape: weight.shape });
    }
    return { ...graph, inputs, initializers };
  }
}

/** The part of a network's graph that makes some of its outputs, without the inputs that only its losses read. */
export function partFor(graph: Graph, outputs: readonly string[]): Graph {
  const part = prune({ ...graph, outputs: graph.outputs.filter(({ name }) => outputs.includes(name)) });
  const read = new Set(part.nodes.flatMap((node) => node.inputs));
  return { ...part, inputs: part.inputs.filter(({ name }) => read.has(name)) };
}

const scalarOutputs = ({ outputs }: Graph): string[] =>
  outputs.filter(({ shape }) => shape.length === 0).map(({ name }) => name);

/** The supplied inputs whose gradient a later cut reads. */
function inputGradients(cuts: readonly Cut[]): string[] {
  const supplied = new Set(cuts.flatMap((cut) => cut.supplies));
  const start = gradientName("");
  return cuts
    .flatMap((cut) => cut.reads)
    .filter((name) => name.startsWith(start) && supplied.has(name.slice(start.length)))
    .map((name) => name.slice(start.length));
}
