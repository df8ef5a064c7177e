/**
 * What features keep, with a ResNet-50 of full width, taking turns with others in one run: an iteration of a
 * reconstruction beside PyTorch's, and the passes of attention beside onnxruntime alone on tensors made beforehand.
 *
 *     node packages/eval-core/bench/features.ts [--rounds N] [--threads N] [--only dip|attention] [--device D]
 *
 * Times are of the clock and of the processors: the latter count where others use the machine too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { backboneGraph, loadCheckpoint } from "../src/backbones/index.ts";
import { Occluder } from "../src/evaluations/attention/occluder.ts";
import { ReconstructionTrainer } from "../src/evaluations/reconstruction/trainer.ts";
import { drawPrior, IMAGE_PRIOR, reconstructionGraph } from "../src/networks/index.ts";
import { type Graph, writeModel } from "../src/onnx/index.ts";
import { chooseDevice, type DeviceChoice, openSession } from "../src/runtime/index.ts";
import { NumpyRandomState, SeededRandom, tensor } from "../src/tensor/index.ts";
import { writeResnet50 } from "./extraction-data.ts";
import { median, startTorch, type Timed, timed, torchDevice } from "./sides.ts";

interface Side {
  readonly name: string;
  once(): Promise<Timed>;
  end(): Promise<void> | void;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    threads: { type: "string", default: String(availableParallelism()) },
    only: { type: "string" },
    device: { type: "string", default: "cpu" },
  },
});
const [rounds, threads] = [Number(values.rounds), Number(values.threads)];
const device = await chooseDevice(values.device as DeviceChoice);
const SIZE = 242;
const PASSES = 64;

const checkpoint = await resnet50();
if (values.only !== "attention") await compare("an iteration", [await ours(), await torch()], 4);
if (values.only !== "dip") {
  const backbone = backboneGraph(checkpoint, { outputs: ["features"] });
  const occluder = await Occluder.open(backbone, "features", { size: SIZE, mask: 10 }, { device, threads });
  await compare("64 passes", [await passes(occluder), await alone(backbone, occluder.batch)], 2);
}

async function compare(what: string, given: readonly (Side | undefined)[], warmUp: number): Promise<void> {
  const sides = given.filter((side) => side !== undefined);
  const times = new Map<string, Timed[]>(sides.map(({ name }) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const side of sides) {
      const timed = await side.once();
      if (round >= 0) times.get(side.name)!.push(timed);
    }
  }
  for (const side of sides) await side.end();
  const medianOf = (name: string, of: keyof Timed) => median(times.get(name)!, of);
  for (const { name } of sides)
    console.log(
      `${name}: ${what} in ${medianOf(name, "clock").toFixed(2)} s by the clock, ${medianOf(name, "processor").toFixed(2)} s of processors`,
    );
  const [own, other] = sides;
  if (!own || !other) return;
  for (const kind of ["clock", "processor"] as const)
    console.log(
      `${other.name} / ${own.name}, by ${kind}: ${(medianOf(other.name, kind) / medianOf(own.name, kind)).toFixed(2)}`,
    );
}

async function resnet50() {
  const folder = mkdtempSync(join(tmpdir(), "bench-features-"));
  try {
    const path = join(folder, "resnet50.safetensors");
    writeResnet50(path);
    return await loadCheckpoint(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ours(): Promise<Side> {
  const backbone = backboneGraph(checkpoint, { outputs: ["layer4"] });
  const drawn = drawPrior(IMAGE_PRIOR, new NumpyRandomState(0));
  const shape = [1, 2048, 7, 7];
  const graph = reconstructionGraph(backbone, "layer4", shape, IMAGE_PRIOR, drawn);
  const trainer = await ReconstructionTrainer.open(graph, { device, threads });
  await trainer.begin(drawn, tensor("float32", shape, new Float32Array(2048 * 49)));
  let step = 0;
  return {
    name: "reconstruction, ours",
    once: () => timed(() => trainer.step(++step, 1e-3)),
    end: () => trainer[Symbol.asyncDispose](),
  };
}

async function torch(): Promise<Side | undefined> {
  const side = await startTorch("features_torch.py", [`${threads}`, torchDevice(device)], threads);
  return side && { name: "reconstruction, PyTorch", ...side };
}

async function passes(occluder: Occluder): Promise<Side> {
  const random = new SeededRandom(3);
  const pixels = Float32Array.from({ length: 3 * SIZE * SIZE }, () => random.uniform(-2, 2));
  await occluder.look(tensor("float32", [1, 3, SIZE, SIZE], pixels));
  const masks = Array.from({ length: PASSES }, (_, i) => [Math.floor(i / 8) * 20, (i % 8) * 20] as const);
  return {
    name: "attention, ours",
    once: () => timed(() => occluder.features(masks)),
    end: () => occluder[Symbol.asyncDispose](),
  };
}

/** The same batches through the same number of sessions, each with its tensor in place: nothing is masked or sent. */
async function alone(backbone: Graph, batch: number): Promise<Side> {
  const model = writeModel(backbone);
  // As many as the occluder has.
  const count = device === "cpu" ? Math.max(1, Math.min(4, threads)) : 1;
  const lanes = await Promise.all(
    Array.from({ length: count }, () =>
      openSession(model, { device, threads: Math.max(1, Math.floor(threads / count)) }),
    ),
  );
  const random = new SeededRandom(4);
  const pixels = Float32Array.from({ length: batch * 3 * SIZE * SIZE }, () => random.uniform(-2, 2));
  for (const lane of lanes) await lane.state.set("input", tensor("float32", [batch, 3, SIZE, SIZE], pixels));
  return {
    name: "attention, onnxruntime alone",
    once: () =>
      timed(async () => {
        let left = PASSES / batch;
        await Promise.all(
          lanes.map(async (lane) => {
            while (left-- > 0) await lane.run({}, ["features"]);
          }),
        );
      }),
    end: async () => {
      for (const lane of lanes) await lane.close();
    },
  };
}
