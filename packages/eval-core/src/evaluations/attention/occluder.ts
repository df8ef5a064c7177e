/**
 * A backbone that answers the features of one image with masks on it. On the CPU it is opened several times over, each
 * with few threads, as batches side by side never wait for each other.
 */
import { availableParallelism } from "node:os";
import { apartOf } from "../../features/index.ts";
import { type Occlusion, occlusionGraph } from "../../networks/index.ts";
import type { Graph } from "../../onnx/index.ts";
import { writeModel } from "../../onnx/index.ts";
import {
  chooseDevice,
  type Device,
  type DeviceChoice,
  openSession,
  type Session,
} from "../../runtime/index.ts";
import { type AnyTensor, tensor } from "../../tensor/index.ts";

const MOST_LANES = 4;
/** Masks in one run: a CPU gains nothing by more, and an accelerator needs as many to be busy. */
const BATCH: Readonly<Record<Device, number>> = { cpu: 4, webgpu: 32, cuda: 64 };

export interface OccluderOptions {
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly batch?: number;
  /** Whether the backbone is somebody else's graph, to run in processes of its own. */
  readonly apart?: boolean;
}

export class Occluder implements AsyncDisposable {
  readonly #lanes: readonly Session[];
  readonly #outside: number;
  readonly batch: number;

  private constructor(lanes: readonly Session[], batch: number, outside: number) {
    this.#lanes = lanes;
    this.batch = batch;
    this.#outside = outside;
  }

  static async open(
    backbone: Graph,
    readout: string,
    occlusion: Occlusion,
    { device = "auto", threads, batch, apart }: OccluderOptions = {},
  ): Promise<Occluder> {
    const chosen = await chooseDevice(device);
    const cores = threads ?? availableParallelism();
    const count = chosen === "cpu" ? Math.max(1, Math.min(MOST_LANES, cores)) : 1;
    const model = writeModel(occlusionGraph(backbone, readout, occlusion));
    const lanes: Session[] = [];
    try {
      while (lanes.length < count)
        lanes.push(
          await openSession(model, {
            device: chosen,
            threads: Math.max(1, Math.floor(cores / count)),
            ...apartOf({ apart: apart ?? false }, count),
          }),
        );
    } catch (error) {
      await Promise.all(lanes.map((lane) => lane.close()));
      throw error;
    }
    return new Occluder(lanes, batch ?? BATCH[chosen], -occlusion.mask);
  }

  get device(): Device {
    return this.#lanes[0]!.device;
  }

  /** @param image [1, 3, size, size], normalised. */
  async look(image: AnyTensor): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.state.set("image", image)));
  }

  /** The features of the image as it is: a mask wholly outside covers nothing. */
  async clean(): Promise<Float32Array> {
    return (await this.#run(this.#lanes[0]!, [[this.#outside, this.#outside]]))[0]!;
  }

  /** The features under each mask [top, left], in their order. */
  async features(masks: readonly (readonly [top: number, left: number])[]): Promise<Float32Array[]> {
    const batches: (readonly (readonly [number, number])[])[] = [];
    for (let i = 0; i < masks.length; i += this.batch) batches.push(masks.slice(i, i + this.batch));
    const answers = new Array<Float32Array[]>(batches.length);
    let next = 0;
    const work = async (lane: Session) => {
      for (let at = next++; at < batches.length; at = next++)
        answers[at] = await this.#run(lane, batches[at]!);
    };
    await Promise.all(this.#lanes.map(work));
    return answers.flat();
  }

  async #run(lane: Session, masks: readonly (readonly [number, number])[]): Promise<Float32Array[]> {
    const column = (side: 0 | 1) =>
      tensor(
        "float32",
        [masks.length],
        Float32Array.from(masks, (mask) => mask[side]),
      );
    const answer = await lane.run({ tops: column(0), lefts: column(1) }, ["features"], { give: true });
    const { data, shape } = answer.features!;
    const width = shape[1]!;
    return masks.map((_, i) => (data as Float32Array).subarray(i * width, (i + 1) * width));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}
