/**
 * A backbone opened to answer batch after batch. On the CPU it is opened several times over, each time with few
 * threads: batches side by side never wait for each other as the threads of one operator do, and leave no core
 * spinning while another decodes images. That is faster than onnxruntime on all cores at once.
 */
import { availableParallelism } from "node:os";
import { type Device, type DeviceChoice, openSession, type Session } from "../runtime/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { requireAgreement } from "./agreement.ts";
import { apartOf } from "./apart.ts";
import type { Backbone } from "./backbone.ts";

/** Each lane holds the weights and a batch's activations: some 0.4 GB for a ResNet-50. */
const MOST_LANES = 4;

export interface Network {
  readonly device: Device;
  /** Batches that run side by side. */
  readonly lanes: number;
  /**
   * @param data images x 3 x side x side, given away
   * @returns a tensor a readout, images x ..., in the backbone's order
   * @throws RuntimeError when another device than the CPU answers its first image otherwise than the CPU does
   */
  run(data: Float32Array, shape: readonly number[]): Promise<Tensor<"float32">[]>;
  close(): Promise<void>;
}

export interface NetworkOptions {
  readonly device?: DeviceChoice;
  /** CPU threads in all; the machine's cores unless told. */
  readonly threads?: number;
}

/** Tensors one after the other along the images' axis. */
function joined(parts: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const [first] = parts as [Tensor<"float32">];
  if (parts.length === 1) return first;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const images = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return tensor("float32", [images, ...first.shape.slice(1)], data);
}

export async function openNetwork(
  backbone: Backbone,
  { device, threads }: NetworkOptions = {},
): Promise<Network> {
  const cores = threads ?? availableParallelism();
  const count = Math.max(1, Math.min(MOST_LANES, cores));
  const shared = { threads: Math.max(1, Math.floor(cores / count)), ...apartOf(backbone, count) };
  const first = await openSession(backbone.model, { ...(device === undefined ? {} : { device }), ...shared });
  const lanes: Session[] = [first];
  const close = async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
  };
  try {
    while (first.device === "cpu" && lanes.length < count) {
      lanes.push(await openSession(backbone.model, { device: "cpu", ...shared }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  let proven = false;
  const free = [...lanes];
  const waiting: ((lane: Session) => void)[] = [];
  const taken = (): Promise<Session> => {
    const lane = free.pop();
    return lane ? Promise.resolve(lane) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    device: first.device,
    lanes: lanes.length,
    async run(data, shape) {
      const lane = await taken();
      try {
        const { input, readouts } = backbone;
        const outputs = readouts.map(({ output }) => output);
        const [images, , height, width] = shape as [number, number, number, number];
        const unproven = first.device !== "cpu" && !proven && images > 0;
        const sample = unproven ? data.slice(0, data.length / images) : undefined;
        const each = backbone.batch === undefined ? images : Math.min(backbone.batch, images);
        const parts: Tensor<"float32">[][] = [];
        for (let start = 0; start < images; start += each) {
          const size = 3 * height * width;
          const part =
            each === images ? data : data.slice(start * size, Math.min(images, start + each) * size);
          const fed = { [input]: tensor("float32", [part.length / size, 3, height, width], part) };
          const answered = await lane.run(fed, outputs, { give: true });
          parts.push(outputs.map((output) => answered[output] as Tensor<"float32">));
        }
        const rows = outputs.map((_, i) => joined(parts.map((part) => part[i]!)));
        if (sample) {
          const firsts = rows.map((row) => row.data.subarray(0, row.data.length / images));
          await requireAgreement(backbone, first.device, sample, [height, width], firsts);
          proven = true;
        }
        return rows;
      } finally {
        const next = waiting.shift();
        if (next) next(lane);
        else free.push(lane);
      }
    },
    close,
  };
}
