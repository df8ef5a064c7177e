/** Whole narrow PSPNet, UPerNet and the dilated ResNet against PyTorch's: forward, losses, gradients, first steps. */
import {
  asResNet,
  backboneGraph,
  type Checkpoint,
  loadCheckpoint,
  loadTensors,
  resnetModules,
} from "../../backbones/index.ts";
import {
  type ConformanceContext,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
  relativeDifference,
} from "../../conformance/index.ts";
import { dilateStages, given, pspnet, upernet } from "../../networks/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { sgd, trainingStep } from "../../optim/index.ts";
import { openSession } from "../../runtime/index.ts";
import { type AnyTensor, sizeOf, type Tensor, tensor } from "../../tensor/index.ts";

type Weights = ReadonlyMap<string, AnyTensor>;

export async function* dilatedResnetCase(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const checkpoint = await loadCheckpoint(folder.file("state.pth"), { anyDepth: true });
  const stages = ["layer1", "layer2", "layer3", "layer4"] as const;
  const graph = dilateStages(
    backboneGraph(checkpoint, { outputs: stages }),
    resnetModules(asResNet(checkpoint)),
  );
  const found = await context.run(writeModel(graph), { input: folder.npy("input.npy") }, stages);
  for (const [i, stage] of stages.entries()) {
    const golden = folder.npy(`c${i + 2}.npy`);
    yield finding(
      "dilated_resnet",
      `C${i + 2}, relative to the largest`,
      relativeDifference(found[stage]!, golden),
      1e-5,
    );
  }
}

interface Expected {
  readonly steps: number;
  readonly learning_rates: readonly number[];
  readonly losses: readonly number[];
  readonly pixel_accuracy: readonly number[];
  readonly out_size: readonly [number, number];
}

interface Golden {
  readonly name: "pspnet" | "upernet";
  readonly checkpoint: Checkpoint;
  readonly head: Weights;
  readonly expected: Expected;
  readonly folder: GoldenFolder;
}

/** The golden's names are ours, but that its backbone's begin with `encoder.`. */
const ours = (weights: Weights): Map<string, AnyTensor> =>
  new Map([...weights].map(([name, value]) => [name.replace(/^encoder\./, ""), value]));

const DECAY = 1e-4;
const BATCH_NORM_MOMENTUM = 0.001;

export async function* pixelNetworkCase(
  name: "pspnet" | "upernet",
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden: Golden = {
    name,
    folder,
    checkpoint: await loadCheckpoint(folder.file("state.pth"), { anyDepth: true }),
    head: await loadTensors(folder.file("state.pth")),
    expected: folder.json<Expected>("expected.json"),
  };
  const debiased = await train(golden, context, "debiased");
  const largest = (a: AnyTensor) => (a.data as Float32Array).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  yield finding(
    name,
    "logits of the first step, relative to the largest",
    relativeDifference(debiased.logits, folder.npy("first_step_logits.npy")),
    5e-5,
  );
  yield finding(name, "loss of each step", largestDifference(debiased.losses, golden.expected.losses), 1e-5);
  yield finding(
    name,
    "pixel accuracy of each step",
    largestDifference(debiased.accuracies, golden.expected.pixel_accuracy),
    1e-6,
  );
  const gradients = ours(await loadTensors(folder.file("first_step_gradients.pth")));
  const most = Math.max(...[...gradients.values()].map(largest));
  let worst = 0;
  for (const [weight, value] of gradients) {
    const allowed = Math.max(1e-3 * largest(value), 5e-4 * most);
    const ratio = largestDifference(debiased.gradients.get(weight)!, value) / allowed;
    worst = Math.max(worst, ratio);
  }
  yield finding(name, `gradients (${gradients.size}), as a share of what each may differ`, worst, 1);
  yield* compareAll(
    name,
    "weights after the last step",
    debiased.weights,
    await loadTensors(folder.file("final_weights.pth")),
  );
  yield* compareAll(
    name,
    "running statistics",
    debiased.weights,
    await loadTensors(folder.file("final_running_statistics.pth")),
  );
  const plain = await train(golden, context, "plain");
  yield* compareAll(
    name,
    "running statistics, paper-exact",
    plain.weights,
    await loadTensors(folder.file("final_running_statistics_plain.pth")),
  );
  yield await probabilitiesFinding(golden, context, debiased.weights);
}

function* compareAll(name: string, what: string, found: Weights, golden: Weights): Generator<Finding> {
  let worst = 0;
  for (const [weight, value] of ours(golden)) {
    worst = Math.max(worst, relativeDifference(found.get(weight)!, value));
  }
  yield finding(name, `${what} (${golden.size}), relative to the largest of each`, worst, 1e-3);
}

interface Trained {
  readonly logits: AnyTensor;
  readonly losses: number[];
  readonly accuracies: number[];
  readonly gradients: Weights;
  readonly weights: Weights;
}

function networkOf(golden: Golden, checkpoint: Checkpoint, head: Weights, training: boolean) {
  const { name, folder } = golden;
  const [, , , height, width] = folder.npy("inputs.npy").shape as [number, number, number, number, number];
  const make = name === "pspnet" ? pspnet : upernet;
  return make(checkpoint, {
    size: { height, width },
    classes: name === "pspnet" ? 10 : 6,
    poolWidth: 16,
    width: name === "pspnet" ? 32 : 16,
    source: given(head),
    training,
  });
}

async function train(
  golden: Golden,
  context: ConformanceContext,
  rule: "debiased" | "plain",
): Promise<Trained> {
  const { folder, expected, checkpoint } = golden;
  const { graph, parameters, decayed } = networkOf(golden, checkpoint, golden.head, true);
  const frozen = (name: string) => golden.name === "pspnet" && checkpoint.tensors.has(name);
  const inputs = folder.npy("inputs.npy");
  const [, batch, , height, width] = inputs.shape as [number, number, number, number, number];
  const step = trainingStep(graph, {
    loss: "loss",
    optimizer: sgd({ momentum: 0.9 }),
    parameters,
    frozen,
    decayed: (name) => decayed.has(name),
    momentum: { input: "statisticsMomentum" },
    dimensions: { N: batch, H: height, W: width },
    gradients: true,
    forCpu: context.device === "cpu",
  });
  await using session = await openSession(writeModel(step.graph), {
    device: context.device,
    ...(context.threads === undefined ? {} : { threads: context.threads }),
  });
  for (const [name, value] of step.initial) await session.state.set(name, value);
  const losses: number[] = [];
  const accuracies: number[] = [];
  let first: Readonly<Record<string, AnyTensor>> = {};
  let weight = 1;
  for (let t = 0; t < expected.steps; t++) {
    weight = weight * (1 - BATCH_NORM_MOMENTUM) + 1;
    const scalar = (value: number) => tensor("float32", [], Float32Array.of(value));
    const answer = await session.run(
      {
        input: row(inputs, t),
        labels: asFloats(row(folder.npy("labels.npy"), t)),
        ...(golden.name === "pspnet" ? { dropout: asChannels(row(folder.npy("dropout_masks.npy"), t)) } : {}),
        learningRate: scalar(expected.learning_rates[t]!),
        weightDecay: scalar(DECAY),
        statisticsMomentum: scalar(rule === "plain" ? BATCH_NORM_MOMENTUM : 1 / weight),
      },
      step.graph.outputs.map((o) => o.name).filter((name) => !(name in step.carried)),
      { keep: step.carried },
    );
    losses.push(Number(answer.loss!.data[0]));
    accuracies.push(Number(answer.correct!.data[0]) / Number(answer.labelled!.data[0]));
    if (t === 0) first = answer;
  }
  const weights = new Map<string, AnyTensor>();
  for (const name of step.initial.keys()) weights.set(name, await session.state.read(name));
  const gradients = new Map(step.parameters.map((name) => [name, first[`gradient/${name}`]!] as const));
  return { logits: first.logits!, losses, accuracies, gradients, weights };
}

/** The trained network in inference mode on the first inputs, its logits stretched and made probabilities. */
async function probabilitiesFinding(
  golden: Golden,
  context: ConformanceContext,
  weights: Weights,
): Promise<Finding> {
  const { checkpoint, folder } = golden;
  const tensors = new Map(
    [...checkpoint.tensors].map(([name, value]) => [name, (weights.get(name) ?? value) as Tensor<"float32">]),
  );
  const trained = { ...checkpoint, tensors };
  const head = new Map([...golden.head, ...weights]);
  const { graph } = networkOf(golden, trained, head, false);
  const { logits } = await context.run(writeModel(graph), { input: row(folder.npy("inputs.npy"), 0) }, [
    "logits",
  ]);
  const expected = folder.npy("final_probabilities.npy");
  const found = upsampledProbabilities(logits as Tensor<"float32">, expected.shape);
  return finding(golden.name, "probabilities at test", largestDifference(found, expected), 5e-3);
}

/** Bilinear (half-pixel, clamped) to the given size, then softmax over channels; in float64. */
function upsampledProbabilities(logits: Tensor<"float32">, shape: readonly number[]): Tensor<"float32"> {
  const [n, k, h, w] = logits.shape as [number, number, number, number];
  const [, , height, width] = shape as [number, number, number, number];
  const taps = (from: number, to: number) =>
    Array.from({ length: to }, (_, i) => {
      const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
      const low = Math.floor(at);
      return { low, high: Math.min(low + 1, from - 1), share: at - low };
    });
  const [rows, columns] = [taps(h, height), taps(w, width)];
  const out = new Float32Array(n * k * height * width);
  const values = new Float64Array(k);
  for (let image = 0; image < n; image++) {
    rows.forEach((r, y) => {
      columns.forEach((c, x) => {
        let most = -Infinity;
        for (let q = 0; q < k; q++) {
          const base = (image * k + q) * h;
          const at = (yy: number, xx: number) => logits.data[(base + yy) * w + xx]!;
          const top = at(r.low, c.low) * (1 - c.share) + at(r.low, c.high) * c.share;
          const bottom = at(r.high, c.low) * (1 - c.share) + at(r.high, c.high) * c.share;
          values[q] = top * (1 - r.share) + bottom * r.share;
          most = Math.max(most, values[q]!);
        }
        const total = values.reduce((sum, v) => sum + Math.exp(v - most), 0);
        for (let q = 0; q < k; q++) {
          out[((image * k + q) * height + y) * width + x] = Math.exp(values[q]! - most) / total;
        }
      });
    });
  }
  return tensor("float32", [n, k, height, width], out);
}

/** Element `index` of the first axis. */
function row(array: AnyTensor, index: number): AnyTensor {
  const shape = array.shape.slice(1);
  const size = sizeOf(shape);
  return { ...array, shape, data: array.data.slice(index * size, (index + 1) * size) } as AnyTensor;
}

const asFloats = ({ shape, data }: AnyTensor): Tensor<"float32"> =>
  tensor("float32", shape, Float32Array.from(data as ArrayLike<number | bigint>, Number));

function asChannels(mask: AnyTensor): AnyTensor {
  const [n, c] = mask.shape as [number, number];
  return { ...mask, shape: [n, c, 1, 1] } as AnyTensor;
}
