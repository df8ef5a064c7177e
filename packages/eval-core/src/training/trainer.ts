/**
 * A network in training on a device: its weights and its optimiser's state live there, and only the loss comes back.
 */
import { prune } from "../autodiff/index.ts";
import { type Graph, writeModel } from "../onnx/index.ts";
import { LEARNING_RATE, type Optimizer, trainingStep, WEIGHT_DECAY } from "../optim/index.ts";
import { chooseDevice, type DeviceChoice, openSession, type Session } from "../runtime/index.ts";
import { type AnyTensor, tensor } from "../tensor/tensor.ts";

export interface TrainerOptions {
  readonly optimizer: Optimizer;
  /** The weights to train. */
  readonly parameters: readonly string[];
  readonly batch: number;
  /** Side of the square images. */
  readonly height: number;
  readonly width: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly gradients?: boolean;
  /** Refuse a device that would leave any part of a step to the CPU. */
  readonly noFallback?: boolean;
}

export interface Batch {
  /** [batch, 3, height, width] */
  readonly images: AnyTensor;
  /** Class numbers as floats [batch], or targets [batch, classes]. */
  readonly labels: AnyTensor;
}

export interface StepResult {
  readonly loss: number;
  /** How many of the batch were classified rightly; undefined for a loss that does not count. */
  readonly correct: number | undefined;
  readonly gradients: ReadonlyMap<string, AnyTensor>;
}

const scalar = (value: number) => tensor("float32", [], Float32Array.of(value));

export class Trainer implements AsyncDisposable {
  readonly #session: Session;
  readonly #graph: Graph;
  readonly #carried: Readonly<Record<string, string>>;
  readonly #initial: ReadonlyMap<string, AnyTensor>;
  readonly #fetch: readonly string[];
  #evaluation: Session | undefined;

  private constructor(
    session: Session,
    graph: Graph,
    step: { carried: Readonly<Record<string, string>>; initial: ReadonlyMap<string, AnyTensor> },
    fetch: readonly string[],
  ) {
    this.#session = session;
    this.#graph = graph;
    this.#carried = step.carried;
    this.#initial = step.initial;
    this.#fetch = fetch;
  }

  /** @param graph with inputs `input` and `labels` and outputs `logits`, `loss` and perhaps `correct`. */
  static async open(graph: Graph, options: TrainerOptions): Promise<Trainer> {
    const { batch, height, width } = options;
    const device = await chooseDevice(options.device ?? "auto");
    const step = trainingStep(graph, {
      loss: "loss",
      optimizer: options.optimizer,
      parameters: options.parameters,
      dimensions: { N: batch, H: height, W: width },
      forCpu: device === "cpu",
      ...(options.gradients ? { gradients: true } : {}),
    });
    const session = await openSession(writeModel(step.graph), {
      stay: Object.keys(step.carried),
      // Thousands of operators a step: threads that slept between them made it a tenth longer or more.
      spin: true,
      device,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.noFallback === undefined ? {} : { noFallback: options.noFallback }),
    });
    const wanted = (name: string) => name === "loss" || name === "correct" || name.startsWith("gradient/");
    const fetch = step.graph.outputs.map((o) => o.name).filter(wanted);
    const trainer = new Trainer(session, graph, step, fetch);
    try {
      await trainer.reset();
      return trainer;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get device() {
    return this.#session.device;
  }

  /** Back to the graph's own weights, some of them replaced, and an optimiser that has seen nothing. */
  async reset(weights: ReadonlyMap<string, AnyTensor> = new Map()): Promise<void> {
    for (const [name, value] of this.#initial)
      await this.#session.state.set(name, weights.get(name) ?? value);
  }

  /** One step of descent. Runs one at a time. */
  async step(batch: Batch, rate: { learningRate: number; weightDecay: number }): Promise<StepResult> {
    const answer = await this.#session.run(
      {
        input: batch.images,
        labels: batch.labels,
        [LEARNING_RATE]: scalar(rate.learningRate),
        [WEIGHT_DECAY]: scalar(rate.weightDecay),
      },
      this.#fetch,
      { keep: this.#carried },
    );
    const number = (name: string) => (answer[name] ? Number(answer[name].data[0]) : undefined);
    const gradients = Object.entries(answer).filter(([name]) => name.startsWith("gradient/"));
    return {
      loss: number("loss")!,
      correct: number("correct"),
      gradients: new Map(gradients.map(([name, value]) => [name.slice("gradient/".length), value])),
    };
  }

  /** Everything that the next step depends on, by name: weights, statistics and the optimiser's state. */
  async state(): Promise<Map<string, AnyTensor>> {
    const values = new Map<string, AnyTensor>();
    for (const name of this.#initial.keys()) values.set(name, await this.#session.state.read(name));
    return values;
  }

  /** Weights and running statistics, without the optimiser's state. */
  async weights(): Promise<Map<string, AnyTensor>> {
    const values = new Map(this.#graph.initializers);
    for (const name of this.#initial.keys()) {
      if (this.#graph.initializers.has(name)) values.set(name, await this.#session.state.read(name));
    }
    return values;
  }

  /** Logits of the network as it stands, in inference mode. */
  async logits(images: AnyTensor): Promise<AnyTensor> {
    this.#evaluation ??= await openSession(writeModel(this.#inferenceGraph()), { beside: this.#session });
    return (await this.#evaluation.run({ input: images }, ["logits"])).logits!;
  }

  /** The graph up to its logits, with what is trained as inputs that the shared state feeds. */
  #inferenceGraph(): Graph {
    const { graph } = this;
    const initializers = new Map(graph.initializers);
    const inputs = graph.inputs.filter((input) => input.name !== "labels");
    for (const name of this.#initial.keys()) {
      const weight = initializers.get(name);
      if (!weight) continue;
      initializers.delete(name);
      inputs.push({ name, dtype: weight.dtype, shape: weight.shape });
    }
    const outputs = graph.outputs.filter((output) => output.name === "logits");
    return prune({ ...graph, inputs, outputs, initializers });
  }

  get graph(): Graph {
    return this.#graph;
  }

  async close(): Promise<void> {
    await this.#evaluation?.close();
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
