/** A published column beside our own evaluation of it: the comparison names what differs, and no mere naming. */
import { openDataset } from "@transferboard/eval-core/datasets";
import {
  type ProtocolDescription,
  planEvaluation,
  RESNET_FACTS,
  settingNamed,
} from "@transferboard/eval-core/evaluations";
import { preprocessingNamed } from "@transferboard/eval-core/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** Our own protocol of an evaluation, as a run of it records it. */
async function recordOwn(setting: string, mode: string, preprocessing: string): Promise<string> {
  const { kind, options } = settingNamed(setting, setting === "many-shot-linear" ? { mode } : {});
  const planned = planEvaluation({
    kind,
    spec: {
      setting,
      options,
      data: await openDataset("digits"),
      network: RESNET_FACTS,
      preprocessing: preprocessingNamed(preprocessing),
      seed: 0,
      skipUnreadable: false,
    },
    manifest: "00".repeat(32),
    checkpoint: "00".repeat(32),
  });
  const { fingerprint, title, body }: ProtocolDescription = planned.protocol;
  await api.database.client.protocol.create({
    data: { fingerprint, settingSlug: setting, title, body: JSON.parse(JSON.stringify(body)) },
  });
  return fingerprint;
}

async function publishedOf(setting: string): Promise<{ fingerprint: string; title: string }> {
  const { results } = await api.read(
    `{ results(filter: { setting: ["${setting}"] }, first: 1) { nodes { protocol { fingerprint title } } } }`,
  );
  return results.nodes[0].protocol;
}

interface Difference {
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

async function differences(setting: string, mode: string, preprocessing: string): Promise<Difference[]> {
  const left = (await publishedOf(setting)).fingerprint;
  const right = await recordOwn(setting, mode, preprocessing);
  const { protocolDiff } = await api.read(
    `{ protocolDiff(left: "${left}", right: "${right}") { differences { path left right } } }`,
  );
  return protocolDiff.differences;
}

/** What is chosen dataset by dataset, which a published protocol says for all of them. */
const byDataset = ["/metric", "/splits/rule", "/splits/validation"];

describe("a published protocol against our own", () => {
  it("has the setting's title for people", async () => {
    expect((await publishedOf("many-shot-linear")).title).toBe("Many-shot, linear (as published)");
    expect((await publishedOf("detection-frozen")).title).toBe("Detection, frozen backbone (as published)");
  });

  it("many-shot linear, as the authors ran it: what each dataset has of its own", async () => {
    const found = await differences("many-shot-linear", "paper-exact", "imagenet-shorter-224");
    expect(found.map(({ path }) => path)).toEqual(["/classifier", ...byDataset, "/task"]);
  });

  it("many-shot linear at the optimum: the solver too", async () => {
    const found = await differences("many-shot-linear", "converged", "imagenet-shorter-224");
    const solver = found.filter(({ path }) => path.startsWith("/solver/"));
    expect(found.length - solver.length).toBe(5);
    expect(solver).toContainEqual({ path: "/solver/mode", left: "paper-exact", right: "converged" });
    expect(solver).toContainEqual({ path: "/solver/maxIterations", left: 100, right: null });
  });

  it("fine-tuned: what each dataset has of its own, and what the paper does not say", async () => {
    const found = await differences("many-shot-finetune", "converged", "imagenet-shorter-224");
    expect(found.map(({ path }) => path)).toEqual(["/batches", "/head", "/loss", ...byDataset]);
    expect(found[0]!.left).toBe("not stated");
  });

  it("few-shot: how episodes are drawn, and the preprocessing where it is another", async () => {
    const same = await differences("few-shot-20", "converged", "square-257-crop-224");
    expect(same.map(({ path }) => path)).toEqual(["/sampling"]);
    const other = await differences("few-shot-5", "converged", "imagenet-shorter-224");
    expect(other.map(({ path }) => path)).toEqual([
      "/preprocessing/resize",
      "/preprocessing/resizeSize",
      "/sampling",
    ]);
  });
});
