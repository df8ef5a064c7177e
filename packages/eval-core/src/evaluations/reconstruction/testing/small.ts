/**
 * One reconstruction of reduced width, for tests of what interrupts it. As a program it runs in a process that can be
 * killed, keeping a checkpoint after every step: `node small.ts FOLDER MOST_STEPS_OF_THIS_ATTEMPT`.
 */
import { fileURLToPath } from "node:url";
import { backboneGraph, loadCheckpoint } from "../../../backbones/index.ts";
import { drawPrior, type PriorShape, reconstructionGraph } from "../../../networks/index.ts";
import { NumpyRandomState, tensor } from "../../../tensor/index.ts";
import { ResumeStore } from "../../../training/index.ts";
import { Watch } from "../../pictures/watch.ts";
import { optimise, type Reconstructed } from "../optimise.ts";
import { ReconstructionTrainer } from "../trainer.ts";

const SHAPE: PriorShape = {
  widths: [4, 8],
  kernels: [5, 3],
  skip: 4,
  depth: 4,
  size: 40,
  corner: 32,
  slope: 0.2,
};
export const ITERATIONS = 12;

export interface Attempt {
  readonly result: Reconstructed;
  /** Steps of this attempt, and of those before it that were known. */
  readonly told: number;
}

/** @param onStep called after each step, and once for what an earlier attempt left. */
export async function reconstructSmall(
  folder: string,
  { signal = new AbortController().signal, onStep = () => {}, everySeconds = 15 } = {},
): Promise<Attempt> {
  const checkpoint = await loadCheckpoint(
    fileURLToPath(new URL("../../../../golden/checkpoint/torchvision.pth", import.meta.url)),
  );
  const backbone = backboneGraph(checkpoint, { outputs: ["layer4"] });
  const drawn = drawPrior(SHAPE, new NumpyRandomState(3));
  const target = tensor("float32", [1, 256, 1, 1], new Float32Array(256).fill(1));
  const graph = reconstructionGraph(backbone, "layer4", target.shape, SHAPE, drawn);
  await using trainer = await ReconstructionTrainer.open(graph, { device: "cpu", threads: 1 });
  let told = 0;
  const update = () => {
    told++;
    onStep();
  };
  const result = await optimise({
    open: async () => {
      await trainer.begin(drawn, target);
      return trainer;
    },
    store: new ResumeStore(folder, "one"),
    index: 0,
    iterations: ITERATIONS,
    signal,
    watch: new Watch({ update, end() {} }, ITERATIONS, "iterations"),
    everySeconds,
  });
  return { result, told };
}

if (import.meta.main) {
  const [folder, most] = process.argv.slice(2);
  let steps = 0;
  await reconstructSmall(folder!, {
    everySeconds: 0,
    onStep: () => void (++steps > Number(most) && process.kill(process.pid, "SIGKILL")),
  });
}
