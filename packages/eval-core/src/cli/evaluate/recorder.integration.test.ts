/** What follows from runs that somebody asked for is recorded as asked for by them. */
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { loadCheckpoint } from "../../backbones/index.ts";
import { describeProtocol } from "../../evaluations/evaluation.ts";
import { type Derived, openRecorder } from "./recorder.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  vi.stubEnv("DATABASE_URL", database.appUrl);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});

it.each(["somebody", "nobody"])("a mean over runs that %s asked for", async (asker) => {
  const account = await database.client.account.create({ data: { name: asker } });
  const recorder = await openRecorder();
  const derived: Derived = {
    checkpoint: await loadCheckpoint(
      new URL("../../../golden/checkpoint/torchvision.pth", import.meta.url).pathname,
    ),
    method: { slug: "untrained-resnet" },
    dataset: { slug: "kornblith", title: "Many", domain: "many", classCount: null, manifest: "a".repeat(64) },
    protocol: describeProtocol("calibration-linear", "A mean", {
      evaluation: "calibration-linear",
      of: asker,
    }),
    seed: 0,
    device: "none",
    values: [{ measure: "calibration-linear/kornblith/ece", value: 5, interval: null, n: null }],
    record: { of: [] },
    requestedById: asker === "somebody" ? account.id : undefined,
  };
  await recorder.derive(derived);
  await recorder.close();
  const run = await database.client.run.findFirstOrThrow({
    where: { protocolFingerprint: derived.protocol.fingerprint },
    include: { requestedBy: true, results: true },
  });
  expect(run).toMatchObject({
    state: "DONE",
    requestedBy: asker === "somebody" ? { name: asker } : null,
    results: [{ value: 5, provenance: "REPRODUCED" }],
  });
});
