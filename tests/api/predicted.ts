/**
 * Four classifiers of the digits that ship, evaluated, kept and recorded as any evaluation is: two kinds of nearest neighbour that
 * differ in a few images, and two kinds of nearest mean that are worse.
 */
import { createHash } from "node:crypto";
import { openDataset } from "@transferboard/eval-core/datasets";
import { artefactStore, keepPredictions, testPredictions } from "@transferboard/eval-core/evaluations";
import { accuracy, topClasses } from "@transferboard/eval-core/metrics";
import { recordEvaluation } from "@transferboard/eval-core/warehouse";
import type { Database } from "@transferboard/prisma";

export const DIGITS = "knn/digits/top-1-k20";
const sha = (text: string) => createHash("sha256").update(text).digest("hex");

type Scores = (pixels: Float64Array) => number[];

async function pixelsOf(
  items: readonly { load(): Promise<{ data: Uint8Array }> }[],
): Promise<Float64Array[]> {
  return Promise.all(
    items.map(async (item) => {
      const { data } = await item.load();
      return Float64Array.from({ length: 64 }, (_, i) => data[3 * i]! / 255);
    }),
  );
}

/** @returns the run's id by method slug */
export async function recordDigits(client: Database, folder: string): Promise<ReadonlyMap<string, string>> {
  const dataset = await openDataset("digits");
  const { train, test } = dataset.splits;
  const [known, asked] = [await pixelsOf(train), await pixelsOf(test)];
  const labels = train.map(({ label }) => label as number);
  const distance = (a: Float64Array, b: Float64Array, from = 0) => {
    let sum = 0;
    for (let i = from; i < 64; i++) sum += (a[i]! - b[i]!) ** 2;
    return sum;
  };
  const neighbour =
    (from: number): Scores =>
    (pixels) => {
      const best = Array<number>(10).fill(Number.NEGATIVE_INFINITY);
      for (const [i, row] of known.entries()) {
        const label = labels[i]!;
        best[label] = Math.max(best[label]!, -distance(pixels, row, from));
      }
      return best;
    };
  const means = Array.from({ length: 10 }, (_, c) => {
    const own = known.filter((_, i) => labels[i] === c);
    return Float64Array.from(
      { length: 64 },
      (_, p) => own.reduce((sum, row) => sum + row[p]!, 0) / own.length,
    );
  });
  const mean =
    (from: number): Scores =>
    (pixels) =>
      means.map((own) => -distance(pixels, own, from));
  const methods: Record<string, Scores> = {
    "nearest-neighbour": neighbour(0),
    "nearest-neighbour-without-top": neighbour(8),
    "nearest-mean": mean(0),
    "nearest-mean-of-half": mean(32),
  };
  const manifest = await dataset.manifestHash();
  const runs = new Map<string, string>();
  for (const [slug, scoresOf] of Object.entries(methods)) {
    const scores = Float64Array.from(asked.flatMap(scoresOf));
    const truth = test.map(({ label }) => label as number);
    const { value, interval } = accuracy(topClasses({ shape: [600, 10], data: scores }), truth, 10);
    const artefacts = artefactStore(folder);
    const values = [{ measure: DIGITS, value, interval, n: 600 }];
    const complaint = await keepPredictions(
      artefacts,
      testPredictions(dataset, () => true, scores, [DIGITS]),
      { dataset: "digits", manifest },
      values,
    );
    if (complaint !== undefined) throw new Error(complaint);
    const { runId } = await recordEvaluation(client, {
      method: { slug, name: slug.replaceAll("-", " "), family: "OTHER" },
      checkpoint: {
        sha256: sha(slug),
        name: `${slug}.pth`,
        architecture: "pixels",
        featureDimension: 64,
        normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
      },
      dataset: { slug: "digits", title: "Digits", domain: "handwritten digits", classCount: 10, manifest },
      protocol: {
        fingerprint: sha("pixels"),
        setting: "knn",
        settingTitle: "k-NN",
        title: "Nearest in pixels",
        body: { evaluation: "pixels" },
      },
      run: {
        identity: sha(`run ${slug}`),
        seed: 0,
        device: "cpu",
        versions: { transferboard: "0.1.0" },
        startedAt: new Date("2026-01-01T00:00:00Z"),
        finishedAt: new Date("2026-01-01T00:00:09Z"),
        record: { artefacts: artefacts.all },
      },
      results: [{ measure: DIGITS, value, interval, sampleSize: 600 }],
    });
    runs.set(slug, runId);
  }
  return runs;
}
