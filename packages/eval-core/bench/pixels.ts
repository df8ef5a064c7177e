/**
 * A full training step of surface normals (PSPNet's head on a frozen, dilated ResNet-50) and of segmentation (UPerNet, all
 * trained), batch 2 at the protocols' usual size, beside PyTorch on the same machine, taking turns.
 *
 *     node packages/eval-core/bench/pixels.ts [--rounds N] [--height N] [--width N] [--threads N] [--only NAME] [--device D] [--ours]
 *
 * Times are of the clock and of the processors: the latter count where others use the machine too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Checkpoint, loadCheckpoint } from "../src/backbones/index.ts";
import { drawn, pspnet, upernet } from "../src/networks/index.ts";
import { sgd } from "../src/optim/index.ts";
import { chooseDevice, type DeviceChoice } from "../src/runtime/index.ts";
import { SeededRandom, sizeOf, tensor } from "../src/tensor/index.ts";
import { Trainer } from "../src/training/index.ts";
import { writeResnet50 } from "./extraction-data.ts";
import { median, startTorch, type Timed, timed, torchDevice } from "./sides.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    height: { type: "string", default: "448" },
    width: { type: "string", default: "608" },
    threads: { type: "string", default: String(availableParallelism()) },
    only: { type: "string" },
    device: { type: "string", default: "cpu" },
    ours: { type: "boolean", default: false },
  },
});
const [rounds, height, width, threads] = [values.rounds, values.height, values.width, values.threads].map(
  Number,
) as [number, number, number, number];
const device = await chooseDevice(values.device as DeviceChoice);
const BATCH = 2;
const WARM_UP = 2;
const NETWORKS = {
  "surface-normals": { make: pspnet, classes: 40, stride: 8, frozen: true },
  segmentation: { make: upernet, classes: 150, stride: 4, frozen: false },
} as const;
type Name = keyof typeof NETWORKS;

const checkpoint = await resnet50();
for (const name of Object.keys(NETWORKS) as Name[]) {
  if (values.only !== undefined && values.only !== name) continue;
  const theirs = values.ours
    ? undefined
    : await startTorch(
        "pixels_torch.py",
        [name, ...[height, width, threads].map(String), torchDevice(device)],
        threads,
      );
  const ours = await opened(name);
  console.log(
    `${name}: batch ${BATCH}, ${height} x ${width}, ${threads} threads${theirs ? `, beside PyTorch ${theirs.version}` : ""}`,
  );
  const times: { ours: Timed[]; theirs: Timed[] } = { ours: [], theirs: [] };
  for (let round = -WARM_UP; round < rounds; round++) {
    const own = await ours.step();
    const other = await theirs?.once();
    if (round < 0) continue;
    times.ours.push(own);
    if (other) times.theirs.push(other);
  }
  report(name, times);
  await ours.close();
  theirs?.end();
}

function report(name: Name, { ours, theirs }: { ours: readonly Timed[]; theirs: readonly Timed[] }): void {
  const line = (who: string, of: readonly Timed[]) =>
    console.log(
      `${name}: ${who} median ${median(of, "clock").toFixed(2)} s, processors ${median(of, "processor").toFixed(2)} s`,
    );
  line("ours", ours);
  if (theirs.length === 0) return;
  line("PyTorch's", theirs);
  for (const what of ["clock", "processor"] as const)
    console.log(
      `${name}: PyTorch's step / ours, by ${what}: ${(median(theirs, what) / median(ours, what)).toFixed(2)} (aim: at least 1)`,
    );
}

async function resnet50(): Promise<Checkpoint> {
  const folder = mkdtempSync(join(tmpdir(), "bench-pixels-"));
  try {
    const path = join(folder, "resnet50.safetensors");
    writeResnet50(path);
    return await loadCheckpoint(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function opened(name: Name): Promise<{ step(): Promise<Timed>; close(): Promise<void> }> {
  const { make, classes, stride, frozen } = NETWORKS[name];
  const random = new SeededRandom(5);
  const made = make(checkpoint, {
    ...{ size: { height, width }, classes, poolWidth: 512, width: 512 },
    source: drawn(random),
    training: true,
  });
  const network = {
    graph: made.graph,
    parameters: made.parameters,
    reports: ["loss"],
    decayed: (weight: string) => made.decayed.has(weight),
    ...(frozen ? { frozen: (weight: string) => checkpoint.tensors.has(weight) } : {}),
    dimensions: { N: BATCH, H: height, W: width },
  };
  const trainer = await Trainer.open(
    { key: name, network },
    { optimizer: sgd({ momentum: 0.9 }), statisticsMomentum: "fed", device, threads },
  );
  const filled = (shape: number[], value: () => number) =>
    tensor("float32", shape, Float32Array.from({ length: sizeOf(shape) }, value));
  const feeds = {
    input: filled([BATCH, 3, height, width], () => random.uniform(-1, 1)),
    labels: filled([BATCH, height / stride, width / stride], () => random.below(classes)),
    ...(frozen ? { dropout: filled([BATCH, 512, 1, 1], () => 1) } : {}),
  };
  const rates = { learningRate: 1e-3, weightDecay: 1e-4, statisticsMomentum: 0.001 };
  return {
    step: () => timed(() => trainer.step(name, () => network, feeds, rates)),
    close: () => trainer.close(),
  };
}
