/** What follows from runs that somebody asked for is recorded as asked for by them; a dry run asks what would be refused. */
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

it("a dry run finds what the record would refuse, and keeps nothing", async () => {
  const { refusalOf } = await import("../../warehouse/index.ts");
  const run = (method: string, mean = [0.5, 0.5, 0.5]) => ({
    method: { slug: method, name: method },
    checkpoint: {
      sha256: "c".repeat(64),
      name: "c.pth",
      architecture: "resnet50",
      featureDimension: 2048,
      normalisation: { mean, std: [1, 1, 1] },
    },
    dataset: { slug: "dtd", title: "DTD", domain: "textures", classCount: 47, manifest: "d".repeat(64) },
    protocol: describeProtocol("many-shot-linear", "Linear", { evaluation: "many-shot-linear", of: method }),
    run: { identity: "e".repeat(64), seed: 0, device: "cpu", versions: {}, startedAt: new Date() },
  });
  const { client } = database;
  const counts = () =>
    Promise.all([client.method.count(), client.checkpoint.count(), client.protocol.count()]);
  const before = await counts();
  expect(await refusalOf(client, run("owl"))).toBeUndefined();
  expect(await counts()).toEqual(before);
  const { id: methodId } = await client.method.findUniqueOrThrow({ where: { slug: "swav" } });
  await client.checkpoint.create({
    data: {
      ...{
        methodId,
        sha256: "c".repeat(64),
        name: "c.pth",
        architecture: "resnet50",
        featureDimension: 2048,
      },
      ...{ inputMean: [0.5, 0.5, 0.5], inputStd: [1, 1, 1] },
    },
  });
  expect(await refusalOf(client, run("owl"))).toContain("of the method swav: evaluate them as that method");
  expect(await refusalOf(client, run("swav", [0, 0, 0]))).toContain("input normalisation");
  expect(await refusalOf(client, run("swav"))).toBeUndefined();
});

it("tells where a method stands on a board", async () => {
  const recorder = await openRecorder();
  expect(await recorder.standing("many-shot-linear", "swav")).toEqual({
    title: "Many-shot, linear",
    rank: 2,
    of: 14,
  });
  expect(await recorder.standing("many-shot-linear", "untrained-resnet")).toBeUndefined();
  await recorder.close();
});
