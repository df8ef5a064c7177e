/** Requests and what a worker records for them, for tests of the ways to reach the queue. */
import { randomBytes } from "node:crypto";
import type { EvaluationToRecord } from "@transferboard/eval-core/warehouse";
import type { EvaluationRequest } from "@transferboard/prisma";

export const hash = () => randomBytes(32).toString("hex");

export const makeRequest = (overrides: Partial<EvaluationRequest> = {}): EvaluationRequest => ({
  checkpoint: hash(),
  method: "supervised",
  target: { measure: "many-shot-linear/digits/accuracy" },
  mode: "converged",
  preprocessing: "shorter-32",
  seed: 0,
  requestedById: 1,
  ...overrides,
});

/** What a worker found for it. */
export function makeFound(
  request: EvaluationRequest,
  record: object = { sweep: [1, 2, 3] },
): EvaluationToRecord {
  return {
    method: { slug: request.method },
    checkpoint: {
      sha256: request.checkpoint,
      name: "weights.pth",
      architecture: "resnet50, width 0.125",
      featureDimension: 256,
      normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    },
    dataset: {
      slug: "digits",
      title: "Digits",
      domain: "handwritten digits",
      classCount: 10,
      manifest: "d".repeat(64),
    },
    protocol: {
      fingerprint: "f".repeat(64),
      setting: "many-shot-linear",
      title: "Linear, converged",
      body: { evaluation: "many-shot-linear" },
    },
    run: {
      identity: hash(),
      seed: request.seed,
      device: "cpu",
      versions: { transferboard: "0.1.0" },
      startedAt: new Date("2026-01-01T00:00:00Z"),
      finishedAt: new Date("2026-01-01T00:00:09Z"),
      ...(request.requestedById !== undefined && { requestedById: request.requestedById }),
      record: { ...record },
    },
    results: [
      {
        measure: "many-shot-linear/digits/accuracy",
        value: 87.5,
        interval: { lower: 84.6, upper: 90 },
        sampleSize: 600,
      },
    ],
  };
}
