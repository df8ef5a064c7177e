/**
 * Feature extraction of JPEG files through a full-width network: the whole pipeline against onnxruntime
 * alone on tensors made beforehand, and against PyTorch with Pillow, in one run on one machine, taking turns.
 *
 *     node packages/eval-core/bench/extraction.ts [--network resnet50|vit-b16|vit-s16] [--images N] [--rounds N] [--memory] [--device D]
 *
 * Prints images a second, the processor time an image, the ratios, and how far our features lie from PyTorch's. --memory instead prints the
 * highest memory of extracting 200 and 2,000 images. Of a transformer also what all of its readouts cost beside one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readNpy } from "../src/tensor/index.ts";
import { writePhotographs, writeResnet50, writeVit } from "./extraction-data.ts";
import { pythonWith, torchDevice } from "./sides.ts";

interface Round {
  readonly images: number;
  readonly seconds: number;
  /** Seconds of all processors together. */
  readonly cpu: number;
  readonly maxMegabytes: number;
}

const { values } = parseArgs({
  options: {
    network: { type: "string", default: "resnet50" },
    images: { type: "string", default: "128" },
    rounds: { type: "string", default: "3" },
    memory: { type: "boolean", default: false },
    device: { type: "string", default: "cpu" },
  },
});
/** Of onnxruntime alone, in percent. */
const NETWORKS: Readonly<Record<string, { aim: number; readouts: boolean; write(path: string): void }>> = {
  resnet50: { aim: 90, readouts: false, write: writeResnet50 },
  "vit-b16": { aim: 95, readouts: true, write: (path) => writeVit(path, 768) },
  "vit-s16": { aim: 95, readouts: true, write: (path) => writeVit(path, 384) },
};
const network = NETWORKS[values.network];
if (network === undefined)
  throw new Error(`no network '${values.network}': known are ${Object.keys(NETWORKS).join(", ")}`);
const { aim, readouts } = network;
const folder = mkdtempSync(join(tmpdir(), "bench-extraction-"));
const weights = join(folder, "network.safetensors");
const photographs = join(folder, "photographs");
try {
  mkdirSync(photographs);
  network.write(weights);
  await writePhotographs(photographs, Math.min(200, Number(values.images)));
  await (values.memory ? memory() : speed());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function speed(): Promise<void> {
  const images = Number(values.images);
  const sides = [
    startOurs("ours", images),
    ...(readouts ? [startOurs("all-readouts", images)] : []),
    startOurs("onnxruntime", images),
    ...torchSides(images),
  ];
  const rounds = new Map<string, Round[]>(sides.map(({ name }) => [name, []]));
  try {
    for (const side of sides) await side.answer();
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const side of sides) {
        const done = await side.round();
        rounds.get(side.name)?.push(done);
        process.stderr.write(`${side.name}: ${images} images in ${done.seconds.toFixed(1)} s\n`);
      }
    }
  } finally {
    for (const side of sides) side.child.kill();
  }
  const best = new Map(
    [...rounds].map(([name, done]) => [name, Math.max(...done.map((one) => one.images / one.seconds))]),
  );
  for (const [name, done] of rounds) {
    const rates = done.map((one) => (one.images / one.seconds).toFixed(1)).join(", ");
    const cpu = (1000 * leastCpu(done)).toFixed(0);
    console.log(
      `extraction: ${name} ${rates} images/s; best ${best.get(name)?.toFixed(1)}; processors ${cpu} ms an image`,
    );
  }
  const ours = best.get("ours")!;
  const share = (100 * ours) / best.get("onnxruntime")!;
  console.log(`extraction: ${share.toFixed(0)}% of onnxruntime alone on ready tensors; the aim is ${aim}%`);
  const all = rounds.get("all-readouts");
  if (all) {
    // By processor time: the clock's noise is larger than what is measured.
    const added = (100 * (leastCpu(all) - leastCpu(rounds.get("ours")!))) / leastCpu(rounds.get("ours")!);
    console.log(
      `extraction: all readouts cost ${added.toFixed(1)}% of processor time beside one; the aim is 2% for each that is added`,
    );
  }
  const torch = Math.max(
    0,
    ...[...best].filter(([name]) => name.startsWith("PyTorch")).map(([, rate]) => rate),
  );
  if (torch > 0) {
    console.log(
      `extraction: ${(ours / torch).toFixed(2)} times as fast as PyTorch with Pillow; the aim is 1`,
    );
  }
  if (existsSync(join(photographs, "torch.npy"))) {
    console.log(`extraction: features within ${agreement().toExponential(1)} of PyTorch's, relative`);
  }
}

/** Processor time an image, in seconds: what counts where others use the machine too. */
function leastCpu(rounds: readonly Round[]): number {
  return Math.min(...rounds.map(({ cpu, images }) => cpu / images));
}

/** The largest difference, by the largest feature. */
function agreement(): number {
  const mine = readNpy(join(photographs, "ours.npy")).data as Float32Array;
  const theirs = readNpy(join(photographs, "torch.npy")).data as Float32Array;
  let apart = 0;
  let largest = 0;
  theirs.forEach((value, i) => {
    apart = Math.max(apart, Math.abs(value - mine[i]!));
    largest = Math.max(largest, Math.abs(value));
  });
  return apart / largest;
}

async function memory(): Promise<void> {
  for (const images of [200, 2000]) {
    const side = startOurs("ours", images);
    try {
      await side.answer();
      const { maxMegabytes } = await side.round();
      const features = (images * 2048 * 4) / 2 ** 20;
      console.log(
        `extraction: ${images} images need ${maxMegabytes.toFixed(0)} MB at most, ${features.toFixed(1)} MB of it features`,
      );
    } finally {
      side.child.kill();
    }
  }
}

interface Side {
  readonly name: string;
  readonly child: ChildProcess;
  /** The next line that it prints. */
  answer(): Promise<unknown>;
  round(): Promise<Round>;
}

function startSide(name: string, command: string, args: readonly string[]): Side {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended before it answered`);
    return JSON.parse(value);
  };
  return {
    name,
    child,
    answer,
    async round() {
      child.stdin.write("\n");
      return (await answer()) as Round;
    },
  };
}

function startOurs(side: "ours" | "all-readouts" | "onnxruntime", images: number): Side {
  const script = fileURLToPath(new URL("extraction-side.ts", import.meta.url));
  return startSide(side, process.execPath, [
    ...[script, side, weights, photographs, String(images), values.device],
  ]);
}

/**
 * With the files read by the process itself, and by others beside it: two, or for a card, which takes more, one fewer than
 * the cores. Whichever is faster counts.
 */
function torchSides(images: number): Side[] {
  const python = pythonWith("torch, PIL", "python3-torch python3-pil");
  if (python === undefined) return [];
  const script = fileURLToPath(new URL("extraction_torch.py", import.meta.url));
  return (values.device === "cpu" ? [0, 2] : [0, availableParallelism() - 1]).map((workers) =>
    startSide(`PyTorch, ${workers} loaders`, python, [
      script,
      weights,
      photographs,
      String(images),
      String(workers),
      torchDevice(values.device),
    ]),
  );
}
