/**
 * Sessions: a loaded graph on a device, in a worker thread of its own or beside another session.
 *
 *     await using session = await openSession(writeModel(graph), { device: "auto" });
 *     await session.state.set("x", features);                    // sent once
 *     const { loss } = await session.run({ w }, ["loss"], { keep: { w_next: "w" } });
 *     const w = await session.state.read("w");
 *
 * An input that `run` is not fed is taken from the state, by its name. Sessions opened `beside` another share
 * its worker and its state, so a training graph and an evaluation graph see the same weights.
 */
import type { ValueInfo } from "../onnx/index.ts";
import { type AnyTensor, sizeOf } from "../tensor/index.ts";
import { packed, RuntimeError, WorkerClient } from "./client.ts";
import { chooseDevice, type DeviceChoice } from "./devices.ts";
import type { Device } from "./messages.ts";
import type { ProcessLimits } from "./process.ts";

export interface SessionOptions {
  /** `auto`, the default, is the first of CUDA, WebGPU and the CPU that works here. */
  readonly device?: DeviceChoice;
  /** Threads of one operator on the CPU; the machine's cores unless told. */
  readonly threads?: number;
  /**
   * Let threads wait for each other by spinning while a run lasts: for graphs of thousands of operators on a machine
   * that does nothing else meanwhile. Takes the cores from whoever else is here.
   */
  readonly spin?: boolean;
  /**
   * Whether the CPU's memory is kept between operators for those to come, as it is unless told. Without, each gives its own
   * back: the peak is what is needed at once, half of what an arena that grows by doubling holds.
   */
  readonly arena?: boolean;
  /** Outputs that stay on the device, to be kept in the state; all others come to the CPU. */
  readonly stay?: readonly string[];
  /** Refuse a graph of which any node would fall back from the device to the CPU. */
  readonly noFallback?: boolean;
  /** Share this session's worker thread and state. */
  readonly beside?: Session;
  /** Run in a process of its own within these limits: for a graph that somebody else made. */
  readonly apart?: ProcessLimits;
}

export interface RunOptions {
  /** Outputs to put into the state, each under the name it shall have there. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Hand the feeds' buffers over in place of copying them: the caller's arrays are empty afterwards. */
  readonly give?: boolean;
}

/** The tensors that stay with a worker between runs, shared by the sessions on it. */
export interface State {
  /** Copies the tensor, or takes its buffer if it is given away: the caller's array is empty afterwards. */
  set(name: string, value: AnyTensor, options?: Pick<RunOptions, "give">): Promise<void>;
  read(name: string): Promise<AnyTensor>;
  drop(name: string): Promise<void>;
}

export interface Session extends AsyncDisposable {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly state: State;
  /**
   * Runs the graph. Feeds are copied, unless given away, and belong to the caller afterwards.
   * @param fetches the outputs to answer; all that are not kept, unless told.
   * @throws RuntimeError naming the input that does not fit, or the operator that failed.
   */
  run(
    feeds: Readonly<Record<string, AnyTensor>>,
    fetches?: readonly string[],
    options?: RunOptions,
  ): Promise<Readonly<Record<string, AnyTensor>>>;
  close(): Promise<void>;
}

/** A worker and how many sessions are open on it; it ends with the last. */
interface Host {
  readonly client: WorkerClient;
  open: number;
}

const hosts = new WeakMap<Session, Host>();

/**
 * Loads a model, given as the bytes of an ONNX file or the path to one.
 * @throws RuntimeError when the device is not there or the model does not load.
 */
export async function openSession(model: Uint8Array | string, asked: SessionOptions = {}): Promise<Session> {
  const device =
    asked.beside && !asked.device ? asked.beside.device : await chooseDevice(asked.device ?? "auto");
  const host = asked.beside
    ? hosts.get(asked.beside)
    : { client: await clientFor(device, asked.apart), open: 0 };
  if (!host || (asked.beside && host.open === 0)) {
    throw new RuntimeError("the session to open this one beside is closed");
  }
  host.open++;
  const leave = async () => {
    host.open--;
    if (host.open === 0) await host.client.end();
  };
  try {
    const bytes = typeof model === "string" ? model : new Uint8Array(model);
    const opened = await host.client.ask(
      "open",
      {
        model: bytes,
        options: {
          device,
          stay: asked.stay ?? [],
          noFallback: asked.noFallback ?? false,
          spin: asked.spin ?? false,
          arena: asked.arena ?? true,
          ...(asked.threads === undefined ? {} : { threads: asked.threads }),
        },
      },
      typeof bytes === "string" ? [] : [bytes.buffer],
    );
    const session = new WorkerSession(host, device, opened, leave);
    hosts.set(session, host);
    return session;
  } catch (error) {
    await leave();
    throw error;
  }
}

/** A thread, or a process; of memory only the CPU's is limited. */
async function clientFor(device: Device, apart: ProcessLimits | undefined): Promise<WorkerClient> {
  if (apart === undefined) return new WorkerClient();
  const { memoryBytes: _, ...others } = apart;
  return WorkerClient.apart(device === "cpu" ? apart : others);
}

class WorkerSession implements Session {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly state: State;
  readonly #client: WorkerClient;
  readonly #id: number;
  readonly #leave: () => Promise<void>;
  #closed = false;

  constructor(
    host: Host,
    device: Device,
    opened: { session: number; inputs: readonly ValueInfo[]; outputs: readonly ValueInfo[] },
    leave: () => Promise<void>,
  ) {
    const { client } = host;
    this.#client = client;
    this.#id = opened.session;
    this.#leave = leave;
    this.device = device;
    this.inputs = opened.inputs;
    this.outputs = opened.outputs;
    this.state = {
      set: async (name, tensor, { give = false } = {}) => {
        const { value, buffer } = packed(tensor, give);
        await client.ask("set", { name, value, device }, buffer ? [buffer] : []);
      },
      read: (name) => client.ask("read", { name }),
      drop: async (name) => void (await client.ask("drop", { name })),
    };
  }

  async run(
    feeds: Readonly<Record<string, AnyTensor>>,
    fetches?: readonly string[],
    { keep = {}, give = false }: RunOptions = {},
  ): Promise<Readonly<Record<string, AnyTensor>>> {
    if (this.#closed) throw new RuntimeError("the session is closed");
    const sent: Record<string, AnyTensor> = {};
    const buffers: ArrayBuffer[] = [];
    for (const [name, fed] of Object.entries(feeds)) {
      this.#check(name, fed);
      const { value, buffer } = packed(fed, give);
      sent[name] = value;
      if (buffer) buffers.push(buffer);
    }
    for (const name of [...(fetches ?? []), ...Object.keys(keep)]) this.#checkOutput(name);
    const fetch = fetches ?? this.outputs.map((o) => o.name).filter((name) => !(name in keep));
    return this.#client.ask("run", { session: this.#id, feeds: sent, fetch, keep }, buffers);
  }

  /** Says in the caller's words what onnxruntime would say in its own. */
  #check(name: string, fed: AnyTensor): void {
    const input = this.inputs.find((i) => i.name === name);
    if (!input) {
      throw new RuntimeError(
        `the graph has no input '${name}'; it has ${this.inputs.map((i) => i.name).join(", ")}`,
      );
    }
    const fits =
      input.dtype === fed.dtype &&
      input.shape.length === fed.shape.length &&
      input.shape.every((d, axis) => typeof d === "string" || d === fed.shape[axis]);
    if (!fits) {
      throw new RuntimeError(
        `input '${name}' is ${input.dtype} [${input.shape}]; it was fed ${fed.dtype} [${fed.shape}]`,
      );
    }
    if (fed.data.length !== sizeOf(fed.shape)) {
      throw new RuntimeError(`input '${name}' has shape [${fed.shape}] but ${fed.data.length} elements`);
    }
  }

  #checkOutput(name: string): void {
    if (this.outputs.some((o) => o.name === name)) return;
    throw new RuntimeError(
      `the graph has no output '${name}'; it has ${this.outputs.map((o) => o.name).join(", ")}`,
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#client.ask("close", { session: this.#id });
    } finally {
      await this.#leave();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
