/** The shape of what `evaluate --json` prints, for every setting: which fields there are, and of what type. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluateCheckpoint } from "../../packages/eval-core/src/cli/evaluate/checkpoint.ts";
import { evaluateFeatures } from "../../packages/eval-core/src/cli/evaluate/features.ts";
import type { EvaluateOptions } from "../../packages/eval-core/src/cli/evaluate/request.ts";
import { makeTerminal } from "../../packages/eval-core/src/cli/terminal.ts";
import { SeededRandom, tensor, writeNpy } from "../../packages/eval-core/src/tensor/index.ts";

type Shape = string | null | readonly Shape[] | { readonly [key: string]: Shape };

/** Of a list, its first item's. */
function shapeOf(value: unknown): Shape {
  if (value === null) return null;
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

const COMMON: EvaluateOptions = {
  protocol: "many-shot-linear",
  given: {},
  seed: "0",
  preprocessing: "shorter-32",
  device: "cpu",
  record: false,
  json: true,
};

export async function jsonShapes(): Promise<Record<string, Shape>> {
  const folder = mkdtempSync(join(tmpdir(), "json-shapes-"));
  try {
    writeArrays(folder);
    const features = (more: Partial<EvaluateOptions>) =>
      printed((context) => evaluateFeatures(context, { ...COMMON, ...more, features: folder }));
    const network = (more: Partial<EvaluateOptions>) =>
      printed((context) =>
        evaluateCheckpoint(context, {
          ...COMMON,
          checkpoint: golden("checkpoint/torchvision.pth"),
          method: "m",
          cache: join(folder, "cache"),
          ...more,
        }),
      );
    const digits = { dataset: "digits" };
    const given = { steps: "2", batch: "8", grid: "0.001/0/centre-crop" };
    return {
      "features, linear": await features({}),
      "features, paper-exact": await features({ given: { mode: "paper-exact" } }),
      "features, few-shot": await features({ protocol: "few-shot-5" }),
      "checkpoint, linear": await network(digits),
      "checkpoint, few-shot": await network({ ...digits, protocol: "few-shot-5" }),
      "checkpoint, fine-tuning": await network({ ...digits, given, protocol: "many-shot-finetune" }),
      "checkpoint, suite": await network({ suite: "demo" }),
      "checkpoint, dry run": await network({ ...digits, dryRun: true }),
      "checkpoint, dry run of fine-tuning": await network({
        ...{ ...digits, given },
        protocol: "many-shot-finetune",
        dryRun: true,
      }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const golden = (path: string) =>
  fileURLToPath(new URL(`../../packages/eval-core/golden/${path}`, import.meta.url));

async function printed(run: (context: Parameters<typeof evaluateFeatures>[0]) => Promise<void>) {
  const lines: string[] = [];
  const terminal = { ...makeTerminal(true), print: (text: string) => lines.push(text) };
  await run({ terminal: terminal as ReturnType<typeof makeTerminal>, signal: new AbortController().signal });
  return shapeOf(JSON.parse(lines.join("\n")));
}

/** Three classes in eight dimensions, for both protocols. */
function writeArrays(folder: string): void {
  const random = new SeededRandom(1);
  const make = (rows: number) => {
    const labels = Int32Array.from({ length: rows }, (_, i) => i % 5);
    const x = Float32Array.from({ length: rows * 8 }, (_, i) => random.below(100) / 100 + labels[i >> 3]!);
    return { x: tensor("float32", [rows, 8], x), y: tensor("int32", [rows], labels) };
  };
  for (const [split, rows] of Object.entries({ train_: 40, val_: 20, test_: 20, "": 120 })) {
    const { x, y } = make(rows);
    writeNpy(x, join(folder, `${split}x.npy`));
    writeNpy(y, join(folder, `${split}y.npy`));
  }
}
