/**
 * The benchmarks, one after another, each in a process of its own on the pinned Node: npm run bench [-- NAME...]
 * Each prints what it measured beside what it aims at; docs/performance.md has the figures and the machine.
 */
import { run } from "./process.ts";

interface Benchmark {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly what: string;
}

const BENCHMARKS: readonly Benchmark[] = [
  {
    name: "few-shot",
    script: "packages/eval-core/bench/few-shot.ts",
    args: [],
    what: "600 episodes of 5-way 20-shot on 20,000 x 2,048 features, in seconds",
  },
  {
    name: "record",
    script: "packages/eval-core/bench/record.ts",
    args: [],
    what: "all pairs of 14 methods on 10,000 images (aim: 1 s), the model of 2,000 x 500 values (10 s), bytes of a stored prediction (30)",
  },
  {
    name: "knn",
    script: "packages/eval-core/bench/knn.ts",
    args: [],
    what: "k-NN of 50,000 x 50,000 x 768, against NumPy and scikit-learn",
  },
  {
    name: "extraction",
    script: "packages/eval-core/bench/extraction.ts",
    args: [],
    what: "features of JPEG files through a ResNet-50, against onnxruntime alone and PyTorch",
  },
  {
    name: "extraction-vit-b16",
    script: "packages/eval-core/bench/extraction.ts",
    args: ["--network", "vit-b16", "--images", "64"],
    what: "the same through a ViT-B/16, and what all of its readouts cost",
  },
  {
    name: "extraction-vit-s16",
    script: "packages/eval-core/bench/extraction.ts",
    args: ["--network", "vit-s16"],
    what: "the same through a ViT-S/16",
  },
  {
    name: "extraction-memory",
    script: "packages/eval-core/bench/extraction.ts",
    args: ["--memory"],
    what: "the highest memory of extracting 200 and 2,000 images",
  },
  {
    name: "linear",
    script: "packages/eval-core/bench/linear.ts",
    args: ["--small"],
    what: "the 45-value sweep on 3,680 x 2,048 features and 37 classes, against scikit-learn",
  },
  {
    name: "linear-large",
    script: "packages/eval-core/bench/linear.ts",
    args: ["--large"],
    what: "the same on 20,000 x 2,048 features and 100 classes",
  },
  {
    name: "linear-dinov3",
    script: "packages/eval-core/bench/dinov3.ts",
    args: [],
    what: "DINOv3's logistic regression on 3,680 x 2,048 features, against scikit-learn as DINOv3 calls it",
  },
  {
    name: "profile",
    script: "packages/eval-core/bench/profile.ts",
    args: [],
    what: "the whole profile from cached features of 20,000 images, against its most expensive part",
  },
  {
    name: "training",
    script: "packages/eval-core/bench/training.ts",
    args: [],
    what: "training steps of fine-tuning, against PyTorch",
  },
  {
    name: "features",
    script: "packages/eval-core/bench/features.ts",
    args: [],
    what: "an iteration of a reconstruction against PyTorch, passes of attention against onnxruntime alone",
  },
  {
    name: "pixels",
    script: "packages/eval-core/bench/pixels.ts",
    args: [],
    what: "training steps of surface normals and segmentation, against PyTorch",
  },
  {
    name: "dense-cost",
    script: "packages/eval-core/bench/dense-cost.ts",
    args: ["--full"],
    what: "what a dry run of dense prediction reckons beside ten steps as they are made",
  },
  {
    name: "detection",
    script: "packages/eval-core/bench/detection.ts",
    args: [],
    what: "training steps and tests of Faster R-CNN, and ROIAlign, against torchvision",
  },
  {
    name: "leases",
    script: "apps/api/bench/leases.ts",
    args: [],
    what: "10 to 1,000 workers that lease jobs through the API (aim at 200: 500 a second, p99 under 200 ms) while boards are read (100 ms)",
  },
  {
    name: "scaling",
    script: "apps/api/bench/scaling.ts",
    args: [],
    what: "start, board, correlation, page of the ledger and submission at 10^4, 10^5 and 10^6 results",
  },
  {
    name: "api",
    script: "apps/api/bench/main.ts",
    args: [],
    what: "requests to the API",
  },
  {
    name: "import",
    script: "apps/api/bench/import.ts",
    args: [],
    what: "timm's tables of 1,266 models by `transferboard import`: sent, checked, recorded and accepted (aim: 10 s)",
  },
  {
    name: "lighthouse",
    script: "tests/browser/lighthouse.ts",
    args: [],
    what: "Lighthouse's scores of three pages of the site, median of 5 (aim: 95); npx fetches Lighthouse",
  },
  {
    name: "costs",
    script: "tests/costs/bench.ts",
    args: [],
    what: "what each costly field of the API is charged, and the processor time that it takes",
  },
  {
    name: "kills",
    script: "tests/faults/bench.ts",
    args: [],
    what: "kill -9 of the API, Postgres, the worker and the parent, over and over: recovery times, and what was lost",
  },
  {
    name: "abuse",
    script: "tests/abuse/bench.ts",
    args: [],
    what: "attacks on the API in full: answers by status, and /healthz meanwhile",
  },
];

const known = () => BENCHMARKS.map(({ name, what }) => `  ${name.padEnd(18)} ${what}`).join("\n");

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => BENCHMARKS.every((benchmark) => benchmark.name !== name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. The benchmarks are:\n${known()}`);
  process.exitCode = 2;
} else {
  const chosen = asked.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => asked.includes(name));
  const failed: string[] = [];
  for (const { name, script, args, what } of chosen) {
    console.log(`\n${name}: ${what}`);
    const { code } = await run(process.execPath, [script, ...args], { show: true });
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) {
    console.error(`\nDid not finish: ${failed.join(", ")}`);
    process.exitCode = 1;
  }
}
