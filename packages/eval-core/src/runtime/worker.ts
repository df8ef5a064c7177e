/**
 * The runtime's worker: it alone talks to onnxruntime, whose `run` blocks the thread that calls it. A thread, or, for a
 * graph that may not be trusted, a process of its own.
 *
 * Requests are carried out one at a time, in the order they came. Besides its sessions the worker owns the
 * state: tensors by name, shared by its sessions, so that a constant is sent once and an output can be the
 * next run's input without leaving the device.
 */
import { isMarkedAsUntransferable, parentPort } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import type { ValueInfo } from "../onnx/index.ts";
import type { AnyTensor, DType, TypedArrays } from "../tensor/index.ts";
import { identityModel } from "./identity.ts";
import { isFront, memoryFor, runInPlace, withFront } from "./in-place.ts";
import type { Answer, Device, OpenOptions, Protocol, Request, RunRequest, Verb } from "./messages.ts";

// onnxruntime-common would represent float16 as a Float16Array, whose bytes the native half cannot see: without
// the class it falls back to raw 16-bit patterns, which is what our tensors hold.
Reflect.deleteProperty(globalThis, "Float16Array");

interface OpenSession {
  readonly ort: ort.InferenceSession;
  readonly device: Device;
  /** Whether it can write what stays in place. */
  readonly inPlace: boolean;
}

const sessions = new Map<number, OpenSession>();
const state = new Map<string, ort.Tensor>();
/**
 * What the state held before, by name: on the CPU the next value but one is written there. Fresh memory for all the
 * weights of a network, every step, would cost more than the update itself.
 */
const spares = new Map<string, ort.Tensor>();
/** One copying session a dtype and direction: see `moved`. */
const movers = new Map<string, ort.InferenceSession>();
let lastSession = 0;

/** onnxruntime has no bfloat16 in JavaScript; every other dtype has the same name there. */
type OrtDType = Exclude<DType, "bfloat16">;

function toOrt(name: string, value: AnyTensor): ort.Tensor {
  if (value.dtype === "bfloat16") {
    throw new Error(
      `'${name}' is bfloat16, which onnxruntime does not take from JavaScript: convert it to float32`,
    );
  }
  // onnxruntime refuses shared memory, so what is shared is copied here, off the caller's thread.
  const data = value.data.buffer instanceof SharedArrayBuffer ? value.data.slice() : value.data;
  return new ort.Tensor(value.dtype, data as never, value.shape);
}

function fromOrt(value: ort.Tensor): AnyTensor {
  const data = value.data as TypedArrays[OrtDType];
  return { dtype: value.type as OrtDType, shape: [...value.dims], data } as AnyTensor;
}

function describe(metadata: readonly ort.InferenceSession.ValueMetadata[]): ValueInfo[] {
  return metadata.map((m) => {
    if (!m.isTensor)
      throw new Error(`'${m.name}' is not a tensor: only tensors go in and out of a graph here`);
    return { name: m.name, dtype: m.type as OrtDType, shape: [...m.shape] };
  });
}

function options(
  { device, threads, spin, arena, stay, noFallback }: OpenOptions,
  outputs: readonly string[],
) {
  const fallback = noFallback && device !== "cpu" ? { disable_cpu_ep_fallback: "1" } : {};
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: device === "cpu" ? ["cpu"] : noFallback ? [device] : [device, "cpu"],
    logSeverityLevel: 3,
    graphOptimizationLevel: "all",
    enableCpuMemArena: arena,
    // Threads that wait by spinning take the cores from decoding, from the solver and from whoever else is here:
    // without, small and large graphs alike cost half the processor's time, and less of the clock's when it is busy.
    // Where that is asked for nevertheless, they sleep between runs.
    extra: {
      session: { intra_op: { allow_spinning: spin ? "1" : "0" }, force_spinning_stop: "1", ...fallback },
    },
  };
  if (threads !== undefined) settings.intraOpNumThreads = threads;
  if (device === "webgpu" && stay.length > 0) {
    settings.preferredOutputLocation = Object.fromEntries(
      outputs.map((name) => [name, stay.includes(name) ? "gpu-buffer" : "cpu"] as const),
    );
  }
  return settings;
}

async function open(given: Uint8Array | string, asked: OpenOptions): Promise<Protocol["open"]["answer"]> {
  const inPlace = asked.device === "cpu" && asked.stay.length > 0 && typeof given !== "string";
  const model = inPlace ? withFront(given) : given;
  const create = (settings: ort.InferenceSession.SessionOptions) =>
    typeof model === "string"
      ? ort.InferenceSession.create(model, settings)
      : ort.InferenceSession.create(model, settings);
  const session = await create(options(asked, asked.stay));
  const id = ++lastSession;
  sessions.set(id, { ort: session, device: asked.device, inPlace });
  const outputs = session.outputMetadata.filter((output) => !isFront(output));
  return { session: id, inputs: describe(session.inputMetadata), outputs: describe(outputs) };
}

/**
 * The tensor on the other side of the bus. A graph that does nothing, with its output placed where it is
 * wanted, is the only safe way: reading a GPU tensor directly aborts the process.
 */
async function moved(value: ort.Tensor, to: "cpu" | "gpu-buffer"): Promise<ort.Tensor> {
  const key = `${value.type}/${value.dims.length}/${to}`;
  let mover = movers.get(key);
  if (!mover) {
    mover = await ort.InferenceSession.create(identityModel(value.type as OrtDType, value.dims.length), {
      executionProviders: ["webgpu"],
      logSeverityLevel: 3,
      preferredOutputLocation: { y: to },
    });
    movers.set(key, mover);
  }
  return (await mover.run({ x: value }, ["y"])).y!;
}

function stored(name: string): ort.Tensor {
  const value = state.get(name);
  if (!value) {
    throw new Error(
      `the state holds no '${name}'; it holds ${[...state.keys()].sort().join(", ") || "nothing"}`,
    );
  }
  return value;
}

function evict(name: string): void {
  const value = state.get(name);
  if (value && value.location !== "cpu") value.dispose();
  state.delete(name);
  spares.delete(name);
}

/** The memory that an output may be written to: a spare of exactly its dtype and static shape. */
function takeSpare(session: ort.InferenceSession, output: string, name: string): ort.Tensor | undefined {
  const spare = spares.get(name);
  const expected = session.outputMetadata[session.outputNames.indexOf(output)];
  spares.delete(name);
  if (!spare || !expected?.isTensor || expected.type !== spare.type) return undefined;
  const fits =
    expected.shape.length === spare.dims.length && expected.shape.every((size, i) => size === spare.dims[i]);
  return fits ? spare : undefined;
}

async function run({ session, feeds, fetch, keep }: RunRequest): Promise<Record<string, AnyTensor>> {
  const found = sessions.get(session);
  if (!found) throw new Error("the session is closed");
  const inputs: Record<string, ort.Tensor> = {};
  for (const [name, value] of Object.entries(feeds)) inputs[name] = toOrt(name, value);
  for (const name of found.ort.inputNames) {
    const kept = state.get(name);
    if (name in inputs) continue;
    if (!kept) throw new Error(`input '${name}' is neither fed nor in the state`);
    inputs[name] = kept;
  }
  const outputs = await computed(found, inputs, fetch, keep);
  for (const [output, name] of Object.entries(keep)) {
    const old = state.get(name);
    evict(name);
    if (old?.location === "cpu" && found.device === "cpu") spares.set(name, old);
    state.set(name, outputs[output]!);
  }
  const answer: Record<string, AnyTensor> = {};
  for (const name of fetch) {
    const value = outputs[name]!;
    const here = value.location === "cpu" ? value : await moved(value, "cpu");
    // What stays in the state must not be given away with the answer.
    const copy = name in keep && here === value;
    answer[name] = copy ? duplicate(fromOrt(here)) : fromOrt(here);
  }
  return answer;
}

/** The outputs of a run: in place where the memory for all of them is known beforehand, else as the binding answers. */
async function computed(
  { ort: session, inPlace }: OpenSession,
  inputs: Readonly<Record<string, ort.Tensor>>,
  fetch: readonly string[],
  keep: RunRequest["keep"],
): Promise<Readonly<Record<string, ort.Tensor>>> {
  const memory: Record<string, ort.Tensor | undefined> = {};
  for (const output of fetch) memory[output] = undefined;
  for (const [output, name] of Object.entries(keep)) memory[output] = takeSpare(session, output, name);
  if (inPlace) {
    const given = Object.entries(memory).flatMap(([output, spare]) => {
      const tensor = spare ?? memoryFor(session, output);
      return tensor ? [[output, tensor] as const] : [];
    });
    if (given.length === Object.keys(memory).length) {
      const outputs = Object.fromEntries(given);
      await runInPlace(session, inputs, outputs);
      return outputs;
    }
  }
  const wanted = Object.entries(memory).map(([output, spare]) => [output, spare ?? null] as const);
  return session.run(inputs, Object.fromEntries(wanted));
}

const duplicate = (value: AnyTensor): AnyTensor => ({ ...value, data: value.data.slice() }) as AnyTensor;

async function carryOut(request: Request): Promise<Protocol[Verb]["answer"]> {
  switch (request.verb) {
    case "open":
      return open(request.model, request.options);
    case "run":
      return run(request);
    case "close":
      await sessions.get(request.session)?.ort.release();
      sessions.delete(request.session);
      return null;
    case "set": {
      const value = toOrt(request.name, request.value);
      evict(request.name);
      state.set(request.name, request.device === "webgpu" ? await moved(value, "gpu-buffer") : value);
      return null;
    }
    case "read": {
      const value = stored(request.name);
      if (value.location !== "cpu") return fromOrt(await moved(value, "cpu"));
      return duplicate(fromOrt(value));
    }
    case "drop":
      stored(request.name);
      evict(request.name);
      return null;
  }
}

/** The buffers of an answer that can be handed over instead of copied. */
function transferable(value: Protocol[Verb]["answer"]): ArrayBuffer[] {
  if (value === null) return [];
  const tensors = "dtype" in value ? [value as AnyTensor] : Object.values(value);
  const buffers = new Set<ArrayBuffer>();
  for (const one of tensors) {
    const buffer = (one as Partial<AnyTensor>).data?.buffer;
    if (buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer)) buffers.add(buffer);
  }
  return [...buffers];
}

/** onnxruntime's errors name the operator in the middle of a paragraph: says it first, in one line. */
function explained(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim();
  const running =
    /Non-zero status code returned while running (\S+) node\. Name:'([^']*)' Status Message: (.*)$/.exec(
      text,
    );
  if (!running) return text;
  const why = running[3]!.replace(/^\S*\/\S+:\d+ (?:\S+ )?/, "");
  return `${running[1]} '${running[2]}' failed: ${why}`;
}

/** The other side: of a thread, or of a child process. */
function otherSide(): {
  on(event: "message", listener: (request: Request) => void): unknown;
  postMessage(answer: Answer, give: ArrayBuffer[]): void;
} {
  if (parentPort) return parentPort;
  const send = process.send?.bind(process);
  if (!send) throw new Error("runtime/worker.ts runs as a worker thread or a child process only");
  // Ctrl-C reaches the whole group: the parent says when this ends. Without a parent there is nobody to answer.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  return {
    on: (event, listener) => process.on(event, listener),
    postMessage: (answer) => void send(answer),
  };
}

const port = otherSide();
let last: Promise<void> = Promise.resolve();
port.on("message", (request: Request) => {
  last = last.then(async () => {
    let answer: Answer;
    let buffers: ArrayBuffer[] = [];
    try {
      const value = await carryOut(request);
      buffers = transferable(value);
      answer = { id: request.id, ok: true, value };
    } catch (error) {
      answer = { id: request.id, ok: false, message: explained(error) };
    }
    port.postMessage(answer, buffers);
  });
});
