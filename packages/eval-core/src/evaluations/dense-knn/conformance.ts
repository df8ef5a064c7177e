/** Holds dense k-NN against golden neighbours, soft labels, pixels and all four mean IoUs. */
import {
  type ConformanceContext,
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
} from "../../conformance/index.ts";
import { ConfusionMatrix } from "../../metrics/index.ts";
import {
  type Candidates,
  Cosines,
  exactNearest,
  findCandidates,
  type Rows,
} from "../../probe/nearest/index.ts";
import { estimate, pixelClasses } from "./attend.ts";
import { choosePatches, patchLabels, patchScores, VOID, type VoidRule } from "./memory.ts";

interface GoldenScore {
  readonly mean_iou: number;
  readonly mean_iou_absent_classes_0: number;
}
interface Expected {
  readonly grid: number;
  readonly patch: number;
  readonly classes: number;
  readonly neighbours: number;
  readonly temperature: number;
  readonly void: Readonly<
    Record<
      VoidRule,
      GoldenScore & {
        readonly iou_percent: readonly (number | null)[];
        readonly matching: GoldenScore & { readonly predicted_to_class: readonly number[] };
        readonly pixel_accuracy: number;
        readonly confusion: readonly (readonly number[])[];
      }
    >
  >;
  readonly bounded: GoldenScore & {
    readonly per_image: number;
    readonly patch_scores: readonly (readonly number[])[];
    readonly chosen: readonly (readonly number[])[];
  };
}

export async function* checkDenseKnn(
  folder: GoldenFolder,
  context: ConformanceContext,
): AsyncGenerator<Finding> {
  const golden = folder.json<Expected>("expected.json");
  const set = new GoldenSet(folder, golden, context);
  const rounding = folder.npyOf("rounding_decides.npy", "uint8").data;
  for (const rule of ["class-0", "left-out"] as const) {
    const expected = golden.void[rule];
    const found = await set.predict(set.memoryOf(rule));
    if (rule === "class-0") {
      const neighbours = folder.npyOf("neighbours.npy", "int32").data;
      yield exactly(
        rule,
        "neighbours in order",
        found.neighbours.every((row, i) => row === neighbours[i]),
      );
      const soft = folder.npyOf("soft_labels.npy", "float64").data;
      const worst = found.estimates.reduce((most, value, i) => Math.max(most, Math.abs(value - soft[i]!)), 0);
      yield finding(rule, "soft labels", worst, 1e-12);
      const pixels = folder.npyOf("predictions.npy", "uint8").data;
      const differing = found.pixels.filter((c, i) => rounding[i] === 0 && c !== pixels[i]).length;
      yield finding(rule, "pixels that rounding does not decide: how many differ", differing, 0);
    }
    const { confusion } = found;
    const open = rounding.some((value) => value === 1);
    yield exactly(rule, "confusion matrix", open || `${confusion.counts}` === `${expected.confusion.flat()}`);
    const score = confusion.score();
    const ious = expected.iou_percent.map((iou, c) => {
      const own = score.iou[c];
      return iou === null || own === null ? (iou === own ? 0 : Number.NaN) : 100 * own! - iou;
    });
    yield finding(rule, "IoU of every class, percent", largest(ious), 1e-9);
    yield finding(
      rule,
      "mean IoU, absent classes left out and 0, percent",
      scoreDifference(score, expected),
      1e-9,
    );
    const classOf = confusion.matching();
    yield exactly(rule, "matching of classes", `${classOf}` === `${expected.matching.predicted_to_class}`);
    const matched = scoreDifference(confusion.score(classOf), expected.matching);
    yield finding(rule, "the same with matching, percent", matched, 1e-9);
    const accuracy = Math.abs(confusion.pixelAccuracy - expected.pixel_accuracy);
    yield finding(rule, "pixel accuracy, percent", accuracy, 1e-9);
  }
  yield* bounded(folder, golden, set);
}

async function* bounded(folder: GoldenFolder, golden: Expected, set: GoldenSet): AsyncGenerator<Finding> {
  const uniforms = folder.npyOf("sampling_uniforms.npy", "float64").data;
  const { per_image: keep, patch_scores, chosen } = golden.bounded;
  const patches = golden.grid ** 2;
  const rows: number[] = [];
  let [scoresHold, choiceHolds] = [true, true];
  patch_scores.forEach((expected, i) => {
    const scores = patchScores(set.labelsOf(i, "class-0"));
    scoresHold &&= `${scores}` === `${expected}`;
    const own = choosePatches(scores, uniforms.subarray(i * patches, (i + 1) * patches), keep);
    choiceHolds &&= `${own}` === `${chosen[i]}`;
    for (const p of own) rows.push(i * patches + p);
  });
  yield exactly("bounded memory", "scores of patches", scoresHold);
  yield exactly("bounded memory", "chosen patches", choiceHolds);
  const found = await set.predict(set.memoryOf("class-0", rows));
  const difference = scoreDifference(found.confusion.score(), golden.bounded);
  yield finding("bounded memory", "mean IoU, absent classes left out and 0, percent", difference, 1e-9);
}

function scoreDifference(score: { meanIou: number; meanIouAbsentZero: number }, golden: GoldenScore): number {
  return largest([
    100 * score.meanIou - golden.mean_iou,
    100 * score.meanIouAbsentZero - golden.mean_iou_absent_classes_0,
  ]);
}
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

/** The golden pictures: their patches, labels and what a memory of them predicts. */
class GoldenSet {
  readonly #golden: Expected;
  readonly #context: ConformanceContext;
  readonly #train: Float32Array;
  readonly #trainLabels: Uint8Array;
  readonly #query: Rows;
  readonly #testLabels: Uint8Array;
  readonly #width: number;

  constructor(folder: GoldenFolder, golden: Expected, context: ConformanceContext) {
    this.#golden = golden;
    this.#context = context;
    const train = folder.npyOf("train_patches.npy", "float32");
    const test = folder.npyOf("test_patches.npy", "float32");
    this.#width = train.shape[2]!;
    this.#train = train.data;
    this.#trainLabels = folder.npyOf("train_labels.npy", "uint8").data;
    this.#query = { data: test.data, count: test.data.length / this.#width, width: this.#width };
    this.#testLabels = folder.npyOf("test_labels.npy", "uint8").data;
  }

  labelsOf(picture: number, rule: VoidRule) {
    const { grid, patch, classes } = this.#golden;
    const pixels = (grid * patch) ** 2;
    const mask = this.#trainLabels.subarray(picture * pixels, (picture + 1) * pixels);
    return patchLabels(mask, grid, patch, classes, rule);
  }

  memoryOf(rule: VoidRule, chosen?: readonly number[]) {
    const { grid, classes } = this.#golden;
    const patches = grid * grid;
    const pictures = this.#train.length / this.#width / patches;
    const labels = Array.from({ length: pictures }, (_, i) => this.labelsOf(i, rule));
    const all = Array.from({ length: pictures * patches }, (_, row) => row);
    const rows = (chosen ?? all).filter(
      (row) => labels[Math.floor(row / patches)]!.totals[row % patches]! > 0,
    );
    const data = new Float32Array(rows.length * this.#width);
    const counts = new Uint16Array(rows.length * classes);
    const totals = new Uint16Array(rows.length);
    rows.forEach((row, i) => {
      const own = labels[Math.floor(row / patches)]!;
      const p = row % patches;
      data.set(this.#train.subarray(row * this.#width, (row + 1) * this.#width), i * this.#width);
      counts.set(own.counts.subarray(p * classes, (p + 1) * classes), i * classes);
      totals[i] = own.totals[p]!;
    });
    return { rows: { data, count: rows.length, width: this.#width }, counts, totals, classes };
  }

  async predict(memory: ReturnType<GoldenSet["memoryOf"]>) {
    const { grid, patch, classes, neighbours, temperature } = this.#golden;
    const cosines = new Cosines(memory.rows, this.#query);
    const range = { from: 0, to: this.#query.count, width: neighbours + 32 };
    const { device, threads, signal } = this.#context;
    const candidates: Candidates = await findCandidates(
      memory.rows,
      cosines.trainNorms,
      this.#query,
      cosines.queryNorms,
      range,
      { device, threads, signal },
    );
    const estimates = new Float64Array(this.#query.count * classes);
    const lists = new Int32Array(this.#query.count * neighbours);
    for (let q = 0; q < this.#query.count; q++) {
      lists.set(exactNearest(cosines, candidates, q, neighbours).index, q * neighbours);
      const own = estimates.subarray(q * classes, (q + 1) * classes);
      estimate(cosines, candidates, q, { neighbours, temperature }, memory, own);
    }
    const [patches, side] = [grid * grid, grid * patch];
    const pixels = new Uint8Array(this.#testLabels.length);
    const confusion = new ConfusionMatrix(classes, VOID);
    for (let i = 0; i * side * side < pixels.length; i++) {
      const own = estimates.subarray(i * patches * classes, (i + 1) * patches * classes);
      const predicted = pixelClasses(own, grid, side, classes);
      pixels.set(predicted, i * side * side);
      confusion.add(predicted, this.#testLabels.subarray(i * side * side, (i + 1) * side * side));
    }
    return { neighbours: lists, estimates, pixels, confusion };
  }
}
