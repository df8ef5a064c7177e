/**
 * A training step of Faster R-CNN on ResNet-50 with a pyramid, batch 2, 500 x 375 photographs at a short edge of 800, and its
 * test, beside torchvision's on the same machine; how long ROIAlign takes; and the largest memory.
 *
 *     node packages/eval-core/bench/detection.ts [--steps N] [--tests N] [--setting detection-frozen] [--short N] [--threads N] [--device D] [--ours]
 *
 * Times are of the clock and of the processors: the latter count where others use the machine too. torchvision's detector has
 * two layers of 1,024 and 512 regions an image as here; it clips its boxes and pads to 32 alike.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadCheckpoint } from "../src/backbones/index.ts";
import type { DetectionImage } from "../src/datasets/dense/voc-detection.ts";
import { canvasOf, resizedShortestEdge } from "../src/evaluations/detection/inputs.ts";
import { RegionPool } from "../src/evaluations/detection/region-pool.ts";
import { type DetectionSetting, PUBLISHED } from "../src/evaluations/detection/settings.ts";
import { Detector } from "../src/evaluations/detection/train.ts";
import { chooseDevice, type DeviceChoice } from "../src/runtime/index.ts";
import { SeededRandom } from "../src/tensor/index.ts";
import { writePhotographs, writeResnet50 } from "./extraction-data.ts";
import { median, pythonWith, type Timed, torchDevice } from "./sides.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "4" },
    tests: { type: "string", default: "4" },
    setting: { type: "string", default: "detection-frozen" },
    short: { type: "string", default: "800" },
    threads: { type: "string", default: String(availableParallelism()) },
    device: { type: "string", default: "cpu" },
    ours: { type: "boolean", default: false },
  },
});
const [steps, tests, short, threads] = [values.steps, values.tests, values.short, values.threads].map(
  Number,
) as [number, number, number, number];
const setting = values.setting as DetectionSetting;
const SIZE = { width: 500, height: 375 };
const CLASSES = 20;

const folder = mkdtempSync(join(tmpdir(), "bench-detection-"));
try {
  await ours();
  await regions();
  if (!values.ours) theirs();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Since the last call, in seconds. */
function stopwatch(): () => Timed {
  let [began, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    const clock = (performance.now() - began) / 1000;
    [began, used] = [performance.now(), process.cpuUsage()];
    return { clock, processor: (user + system) / 1e6 };
  };
}

function report(what: string, times: readonly Timed[]): void {
  const [clock, processor] = [median(times, "clock"), median(times, "processor")];
  console.log(
    `${what}: ${clock.toFixed(2)} s by the clock, ${processor.toFixed(2)} s of processors (median of ${times.length})`,
  );
}

async function ours(): Promise<void> {
  const weights = join(folder, "resnet50.safetensors");
  writeResnet50(weights);
  const random = new SeededRandom(5);
  const images = (await writePhotographs(folder, 4)).map((image, i): DetectionImage => {
    const objects = Array.from({ length: 3 }, (_, k) => {
      const [x, y] = [1 + random.below(250), 1 + random.below(180)];
      return {
        class: (i + k) % CLASSES,
        box: [x, y, x + 60 + random.below(180), y + 60 + random.below(120)] as const,
        difficult: false,
      };
    });
    return { id: `${i}`, image, ...SIZE, objects };
  });
  const watch = stopwatch();
  const made: Timed[] = [];
  await using detector = await Detector.open({
    checkpoint: await loadCheckpoint(weights),
    setting,
    schedule: { ...PUBLISHED, steps: steps + 1, shortEdges: [short], testShortEdge: short, warmUp: 100 },
    mode: "default",
    classes: CLASSES,
    images,
    seed: 0,
    identity: "bench",
    device: await chooseDevice(values.device as DeviceChoice),
    threads,
    // The first step touches its memory for the first time.
    onStep: ({ step }) => {
      const timed = watch();
      if (step > 1) made.push(timed);
    },
  });
  report("opening the step's graphs", [watch()]);
  await detector.train();
  report(`${setting}, a step of 2 at a short edge of ${short}`, made);
  console.log(`largest memory: ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GB`);
  const tested: Timed[] = [];
  for (let i = 0; i <= tests; i++) {
    const image = images[i % images.length]!;
    const size = resizedShortestEdge(image, short, PUBLISHED.longest);
    const canvas = canvasOf([size]);
    watch();
    await detector.detect(await detector.load(image, size, canvas), canvas, size, image);
    if (i > 0) tested.push(watch());
  }
  report("a test image", tested);
}

/** 512 regions of many sizes on the pyramid of one image of 800 x 1088. */
async function regions(): Promise<void> {
  const [height, width, channels, count] = [800, 1088, 256, 512];
  const random = new SeededRandom(6);
  const levels = [4, 8, 16, 32].map((stride) => {
    const size = { height: height / stride, width: width / stride };
    const data = Float32Array.from({ length: channels * size.height * size.width }, () => random.uniform());
    return { ...size, stride, data };
  });
  const all = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const [w, h] = [0, 0].map(() => 20 + random.uniform() * random.uniform() * 500) as [number, number];
    const [x, y] = [random.uniform(0, width - w), random.uniform(0, height - h)];
    all.set([x, y, x + w, y + h], i * 4);
  }
  await using pool = new RegionPool(threads);
  const given = { boxes: all, image: new Int32Array(count) };
  const [forward, back]: [Timed[], Timed[]] = [[], []];
  for (let round = 0; round < 8; round++) {
    const watch = stopwatch();
    const pooled = await pool.pool(levels, given, channels, 224, count);
    const first = watch();
    await pool.spread(levels, 1, given, channels, 224, pooled);
    const second = watch();
    if (round < 3) continue;
    forward.push(first);
    back.push(second);
  }
  report("ROIAlign of 512 regions, forward", forward);
  report("ROIAlign of 512 regions, backward", back);
}

function theirs(): void {
  const python = pythonWith("torchvision", "python3-torchvision");
  if (python === undefined) return;
  const script = fileURLToPath(new URL("detection_torch.py", import.meta.url));
  const layers = setting === "detection-frozen" ? "1" : "5";
  spawnSync(
    python,
    [script, ...[steps, tests, short, threads].map(String), layers, torchDevice(values.device)],
    { stdio: "inherit" },
  );
}
