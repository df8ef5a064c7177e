/** The loop on a small regression: interrupted anywhere it ends where it would have; diverged it stops. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { int } from "../onnx/attributes.ts";
import { GraphBuilder } from "../onnx/index.ts";
import { polynomialDecay, sgd } from "../optim/index.ts";
import { SeededRandom, tensor } from "../tensor/index.ts";
import {
  BucketedOrder,
  DivergedError,
  type LoopOptions,
  ResumeStore,
  recorded,
  streamOf,
  Trainer,
  type TrainingTask,
  train,
} from "./index.ts";

interface Plan {
  readonly images: readonly number[];
  /** Of this batch's rows: there are two sizes. */
  readonly width: number;
}

/** Rows of 3 or 6 numbers, their mean times a weight, plus noise that is drawn inside the step. */
function task(): TrainingTask<Plan> {
  const order = new BucketedOrder(7, 2, (image) => (image < 3 ? 0 : 1), streamOf(5, "order"));
  const augmentation = streamOf(5, "augmentation");
  let state = augmentation;
  return {
    batches: {
      next: () => ({ images: order.next(), width: 3 * (1 + state.below(2)) }),
      get state() {
        return { order: order.state, augmentation: [...state.state] };
      },
      restore(saved) {
        const { order: of, augmentation: words } = saved as never as { order: never; augmentation: never };
        order.restore(of);
        state = SeededRandom.restore(words);
      },
    },
    key: ({ width }) => `${width}`,
    attach: ({ width }) => {
      const g = new GraphBuilder("regression");
      g.input("x", "float32", [2, width]);
      g.input("noise", "float32", [2, 1]);
      g.initializer("w", tensor("float32", [1], Float32Array.of(0.1)));
      const mean = g.op("ReduceMean", ["x", g.ints([1])], { keepdims: int(1) }, { output: "mean" });
      const error = g.op("Sub", [g.op("Mul", [mean, "w"]), g.op("Add", [mean, "noise"])]);
      g.op("ReduceMean", [g.op("Mul", [error, error])], { keepdims: int(0) }, { output: "loss" });
      g.output("loss", "float32", []);
      return { graph: g.build(), parameters: ["w"] };
    },
    feeds: async ({ images, width }) => ({
      x: tensor(
        "float32",
        [2, width],
        Float32Array.from({ length: 2 * width }, (_, i) => 1 + images[Math.floor(i / width)]! / 7),
      ),
    }),
    between: [
      {
        reads: ["mean"],
        supplies: ["noise"],
        compute: async ({ mean }, _, random) => ({
          noise: tensor(
            "float32",
            [2, 1],
            Float32Array.from(mean!.data as Float32Array, (m) => m * random.uniform(-0.1, 0.1)),
          ),
        }),
      },
    ],
  };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "loop-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(more: Partial<LoopOptions<Plan>> = {}) {
  const whole = task();
  const first = { images: [0, 1], width: 3 };
  await using trainer = await Trainer.open(
    { key: whole.key(first), network: whole.attach(first) },
    { optimizer: sgd({ momentum: 0.9 }), device: "cpu", threads: 1, cuts: whole.between!, sizes: 1 },
  );
  const outcome = await train({
    task: whole,
    trainer,
    steps: 12,
    schedule: polynomialDecay(0.05, 12),
    weightDecay: 1e-3,
    sampling: streamOf(5, "sampling"),
    ...more,
  });
  const w = (await trainer.weights()).get("w")!.data as Float32Array;
  return { outcome, w: w[0]! };
}

describe("the training loop", () => {
  it("ends at the same weights and curves wherever it is interrupted, and whatever was loaded ahead", async () => {
    const undisturbed = await run();
    expect(undisturbed.w).not.toBeCloseTo(0.1, 2);
    for (const ahead of [1, 5]) {
      const store = () => new ResumeStore(join(folder, `${ahead}`), "same");
      for (const stopAt of [3, 4, 9]) {
        const stop = new AbortController();
        const steps: number[] = [];
        const interrupted = run({
          store: store(),
          signal: stop.signal,
          ahead,
          onStep: ({ step }) => {
            steps.push(step);
            if (step === stopAt) stop.abort();
          },
        });
        await expect(interrupted).rejects.toThrow(/abort/i);
        expect(steps.at(-1)).toBe(stopAt);
      }
      const resumed = await run({ store: store(), ahead });
      expect(resumed.w).toBe(undisturbed.w);
      expect(resumed.outcome.curves.of("loss")).toEqual(undisturbed.outcome.curves.of("loss"));
      expect(resumed.outcome.curves.of("learningRate")).toHaveLength(12);
    }
  });

  it("stops where the loss is not a number, says at which step, and leaves that out of the curves", async () => {
    const { outcome } = await run({ schedule: () => 1e30 });
    expect(outcome.diverged).toMatch(/^the loss became (NaN|Infinity) at step \d of 12$/);
    expect(outcome.curves.of("loss").every(Number.isFinite)).toBe(true);
  });

  it("stops where what lies inside a step finds no number, and says at which step", async () => {
    const whole = task();
    const [inner] = whole.between!;
    let step = 0;
    const compute: NonNullable<typeof inner>["compute"] = (read, plan, random) => {
      if (++step === 4) throw new DivergedError("a proposal got a coordinate that is not a finite number");
      return inner!.compute(read, plan, random);
    };
    const { outcome } = await run({ task: { ...whole, between: [{ ...inner!, compute }] } });
    expect(outcome.diverged).toBe("a proposal got a coordinate that is not a finite number at step 4 of 12");
    expect(outcome.curves.of("loss")).toHaveLength(3);
  });

  it("tells the time left, and thins its curves for the record", async () => {
    const left: number[] = [];
    const { outcome } = await run({ onStep: ({ secondsLeft }) => left.push(secondsLeft) });
    expect(left).toHaveLength(12);
    expect(left.at(-1)).toBe(0);
    const { steps, stepsPerPoint, curves } = recorded(outcome.curves, 5);
    expect({ steps, stepsPerPoint }).toEqual({ steps: 12, stepsPerPoint: 3 });
    expect(curves.loss).toHaveLength(4);
    const [a, b, c] = outcome.curves.of("loss") as [number, number, number];
    expect(curves.loss![0]).toBeCloseTo((a + b + c) / 3, 12);
  });
});

describe("the order of images", () => {
  it("fills batches of like images, shows each once an epoch, and goes on from its state", () => {
    const wide = (image: number) => (image % 3 === 0 ? 0 : 1) as 0 | 1;
    const order = new BucketedOrder(10, 2, wide, new SeededRandom(1));
    const seen: number[] = [];
    for (let i = 0; i < 20; i++) {
      const batch = order.next();
      expect(new Set(batch.map(wide)).size).toBe(1);
      seen.push(...batch);
      if (i === 7) {
        const other = new BucketedOrder(10, 2, wide, new SeededRandom(99));
        other.restore(JSON.parse(JSON.stringify(order.state)));
        const [mine, theirs] = [new Array(5), new Array(5)].map(() => [] as number[][]);
        const at = order.state;
        for (let k = 0; k < 5; k++) {
          mine!.push(order.next());
          theirs!.push(other.next());
        }
        expect(theirs).toEqual(mine);
        order.restore(at);
      }
    }
    // Four epochs, but for what still waits in the buckets.
    const counts = Array.from({ length: 10 }, (_, image) => seen.filter((one) => one === image).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...counts)).toBeLessThanOrEqual(5);
  });
  it("refuses a state that is not its own", () => {
    const order = new BucketedOrder(4, 2, () => 0, new SeededRandom(1));
    expect(() => order.restore({ place: 9 })).toThrow(
      "the state of the batches' order does not fit 4 images",
    );
  });
});
