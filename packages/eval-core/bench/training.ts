/**
 * A full training step of ResNet-50 at 224 x 224, batch 8, on the CPU beside PyTorch on the same cores, in one run,
 * taking turns; what forward and backward cost against forward alone; and how long the gradient graph takes to build.
 *
 *     node packages/eval-core/bench/training.ts [--rounds N] [--batch N] [--side N] [--threads N] [--ours]
 *
 * Times are of the clock and of the processors: the latter count where others use the machine too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prune } from "../src/autodiff/index.ts";
import { loadCheckpoint } from "../src/backbones/index.ts";
import { type Graph, writeModel } from "../src/onnx/index.ts";
import { LEARNING_RATE, sgd, type TrainingStep, trainingStep, WEIGHT_DECAY } from "../src/optim/index.ts";
import { openSession, type Session } from "../src/runtime/index.ts";
import { SeededRandom, tensor } from "../src/tensor/index.ts";
import { finetuneModel } from "../src/training/model.ts";
import { writeResnet50 } from "./extraction-data.ts";
import { median, startTorch, type Timed, timed } from "./sides.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    batch: { type: "string", default: "8" },
    side: { type: "string", default: "224" },
    threads: { type: "string", default: String(availableParallelism()) },
    ours: { type: "boolean", default: false },
  },
});
const [rounds, batch, side, threads] = [values.rounds, values.batch, values.side, values.threads].map(
  Number,
) as [number, number, number, number];
// A training run has thousands of steps. Our first ones are slower: memory is touched for the first time, and it takes some
// steps until every buffer has found its place.
const WARM_UP = 16;
/** The forward pass alone, with the backward pass, and with the update too. */
const WORKS = ["forward", "both", "step"] as const;
type Work = (typeof WORKS)[number];

const model = await resnet50();
const building = performance.now();
const step = trainingStep(model.graph, {
  loss: "loss",
  optimizer: sgd({ momentum: 0.9, nesterov: true }),
  parameters: model.parameters,
  dimensions: { N: batch, H: side, W: side },
  forCpu: true,
  gradients: true,
});
console.log(
  `gradient graph of ResNet-50: ${step.graph.nodes.length} nodes in ${(performance.now() - building).toFixed(0)} ms`,
);
const theirs = values.ours
  ? undefined
  : await startTorch("training_torch.py", [batch, side, threads].map(String), threads);
console.log(
  `batch ${batch}, ${side} x ${side}, ${threads} threads${theirs ? `, beside PyTorch ${theirs.version}` : ""}`,
);
const times = new Map<string, Timed[]>();
for (const work of WORKS) {
  // One session at a time: each holds all activations of its graph.
  const run = await ours(work);
  for (let round = 0; round < WARM_UP; round++) {
    await run.once();
    if (theirs) await theirs.once(work);
  }
  for (let round = 0; round < rounds; round++) {
    record(`ours ${work}`, await run.once());
    if (theirs) record(`theirs ${work}`, await theirs.once(work));
  }
  await run.session.close();
}
theirs?.end();
report();

function record(name: string, timed: Timed): void {
  times.set(name, [...(times.get(name) ?? []), timed]);
}

function medianOf(name: string, of: keyof Timed): number {
  return median(times.get(name)!, of);
}

function report(): void {
  for (const [name] of times) {
    const fastest = Math.min(...times.get(name)!.map((timed) => timed.clock));
    console.log(
      `${name.padEnd(16)} median ${medianOf(name, "clock").toFixed(2)} s (fastest ${fastest.toFixed(2)} s, processors ${medianOf(name, "processor").toFixed(2)} s)`,
    );
  }
  const ratio = (a: string, b: string, of: keyof Timed) => (medianOf(a, of) / medianOf(b, of)).toFixed(2);
  if (theirs) {
    // Rounds side by side: what the machine's other guests do meanwhile slows both of a round.
    for (const work of WORKS) {
      const [a, b] = [times.get(`theirs ${work}`)!, times.get(`ours ${work}`)!];
      const each = a.map(({ clock }, i) => clock / b[i]!.clock).sort((x, y) => x - y);
      const fastest = (timed: readonly Timed[]) => Math.min(...timed.map(({ clock }) => clock));
      console.log(
        `PyTorch's ${work} / ours, round by round: median ${each[each.length >> 1]!.toFixed(2)} ` +
          `(${each[0]!.toFixed(2)} to ${each.at(-1)!.toFixed(2)}); of the fastest rounds: ${(fastest(a) / fastest(b)).toFixed(2)}`,
      );
    }
  }
  for (const kind of ["clock", "processor"] as const) {
    console.log(
      `forward and backward / forward, by ${kind}: ${ratio("ours both", "ours forward", kind)} (aim: at most 3.2)`,
    );
    if (theirs)
      console.log(
        `PyTorch's step / ours, by ${kind}: ${ratio("theirs step", "ours step", kind)} (aim: at least 1)`,
      );
  }
}

async function resnet50() {
  const folder = mkdtempSync(join(tmpdir(), "bench-training-"));
  try {
    const path = join(folder, "resnet50.safetensors");
    writeResnet50(path);
    return finetuneModel(await loadCheckpoint(path), {
      ...{ classes: 100, loss: "cross-entropy" },
      size: [224, 224],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The part of a step that a kind of work needs, opened, with its state in place. */
async function ours(work: Work): Promise<{ session: Session; once(): Promise<Timed> }> {
  const graph = partOf(step, work);
  const outputs = graph.outputs.map((o) => o.name);
  const kept = Object.fromEntries(
    outputs.filter((name) => name !== "loss").map((name) => [name, step.carried[name] ?? name]),
  );
  const session = await openSession(writeModel(graph), {
    device: "cpu",
    threads,
    spin: true,
    stay: Object.keys(kept),
  });
  for (const [name, value] of step.initial) await session.state.set(name, value);
  const random = new SeededRandom(5);
  const pixels = Float32Array.from({ length: batch * 3 * side * side }, () => random.uniform(-1, 1));
  const scalar = (v: number) => tensor("float32", [], Float32Array.of(v));
  const feeds = {
    input: tensor("float32", [batch, 3, side, side], pixels),
    labels: tensor(
      "float32",
      [batch],
      Float32Array.from({ length: batch }, (_, i) => i % 100),
    ),
    ...(work === "step" ? { [LEARNING_RATE]: scalar(1e-3), [WEIGHT_DECAY]: scalar(1e-4) } : {}),
  };
  return {
    session,
    // What a step makes stays with the worker, as in training: only the loss is sent back.
    once: () => timed(() => session.run(feeds, ["loss"], { keep: kept })),
  };
}

function partOf({ graph }: TrainingStep, work: Work): Graph {
  const wanted = (name: string) =>
    name === "loss" ||
    (work === "both" && name.startsWith("gradient/")) ||
    (work === "step" && name.startsWith("next/"));
  const part = prune({ ...graph, outputs: graph.outputs.filter(({ name }) => wanted(name)) });
  const read = new Set(part.nodes.flatMap((node) => node.inputs));
  return { ...part, inputs: part.inputs.filter(({ name }) => read.has(name)) };
}
