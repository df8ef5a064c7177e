/** What else PyTorch writes, against what it computed: golden/checkpoint/forms and its generator. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readTorchZip } from "../checkpoints/formats/torch-zip.ts";
import { PickleObject } from "../checkpoints/pickle/values.ts";
import { openSource } from "../checkpoints/source.ts";
import { writeModel } from "../onnx/write.ts";
import { openSession } from "../runtime/index.ts";
import { decodeBfloat16, decodeFloat16 } from "../tensor/half.ts";
import { readNpy } from "../tensor/npy.ts";
import { backboneGraph } from "./backbone-graph.ts";
import { type LoadOptions, loadCheckpoint, loadTensors } from "./checkpoint.ts";
import { noNormalisation } from "./normalisation.ts";

const form = (name: string): string =>
  fileURLToPath(new URL(`../../golden/checkpoint/forms/${name}`, import.meta.url));
const input = readNpy(form("input.npy"));

async function featuresOf(name: string, options: LoadOptions = {}): Promise<Float32Array> {
  const checkpoint = await loadCheckpoint(form(name), options);
  const session = await openSession(writeModel(backboneGraph(checkpoint)), { device: "cpu", threads: 1 });
  try {
    const { features } = await session.run({ input }, ["features"]);
    return features!.data as Float32Array;
  } finally {
    await session.close();
  }
}

function largestError(actual: ArrayLike<number>, name: string): number {
  const expected = readNpy(form(name)).data as Float32Array;
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

describe("a tiny ResNet-18", () => {
  it.each([
    ["resnet18.pth", 1e-4],
    ["resnet18_tensorflow_order.pth", 1e-4],
    ["resnet18_tensorflow_order_legacy.pth", 1e-4],
    ["resnet18_folded.onnx", 1e-4],
    ["resnet18_separate.onnx", 1e-4],
    ["resnet18_bfloat16.pth", 3e-2], // the file's own rounding: bfloat16 keeps 8 bits
  ])("%s gives PyTorch's features", async (name, tolerance) => {
    expect(largestError(await featuresOf(name), "resnet18_features.npy")).toBeLessThan(tolerance);
  });

  it("is one, says the checkpoint", async () => {
    const { architecture, converted } = await loadCheckpoint(form("resnet18_bfloat16.pth"));
    expect(architecture).toMatchObject({
      name: "resnet18",
      depth: 18,
      block: "basic",
      blocks: [2, 2, 2, 2],
      width: 1 / 16,
      featureDimension: 32,
    });
    expect(converted).toEqual(["100 tensors from bfloat16 to float32"]);
  });
});

it("reads SimCLR-v2's names, and its inputs are not normalised", async () => {
  expect(largestError(await featuresOf("simclr_v2.pth"), "simclr_v2_features.npy")).toBeLessThan(1e-4);
  const checkpoint = await loadCheckpoint(form("simclr_v2.pth"));
  expect(checkpoint).toMatchObject({
    layout: { place: "resnet", naming: "simclr-v2" },
    architecture: { name: "resnet50", width: 1 / 32 },
    normalisation: noNormalisation,
    converted: ["names: SimCLR-v2's to torchvision's"],
  });
  expect(checkpoint.dropped).toContainEqual({ name: "head/weight", why: "head" });
  const asked = await loadCheckpoint(form("simclr_v2.pth"), { normalisation: "imagenet" });
  expect(asked.normalisation.mean[0]).toBe(0.485);
});

describe("tensors of every kind", () => {
  const expected: Record<string, { shape: number[]; values: number[] }> = JSON.parse(
    readFileSync(form("odd.json"), "utf8"),
  );
  it.each(["odd.pth", "odd_legacy.pth", "odd_protocol4.pth", "odd_legacy_protocol1.pth", "odd_deflated.pth"])(
    "%s holds them as PyTorch does",
    async (name) => {
      const tensors = await loadTensors(form(name));
      const names = ["history", ...Object.keys(expected).map((key) => `tensors/${key}`)];
      expect([...tensors.keys()]).toEqual(names);
      for (const [key, { shape, values }] of Object.entries(expected)) {
        const found = tensors.get(`tensors/${key}`)!;
        const data =
          found.dtype === "bfloat16"
            ? decodeBfloat16(found.data)
            : found.dtype === "float16"
              ? decodeFloat16(found.data)
              : found.data;
        expect({ key, shape: found.shape, values: Array.from(data, Number) }).toEqual({ key, shape, values });
      }
    },
  );

  it("keeps what lies beside them as inert data", () => {
    const source = openSource(form("odd.pth"));
    try {
      const root = readTorchZip(source).root as Map<string, unknown>;
      const args = root.get("args") as PickleObject;
      expect(args.className).toBe("argparse.Namespace");
      expect(args.state).toEqual(
        new Map<string, unknown>([
          ["lr", 0.1],
          ["betas", [0.9, 0.999]],
          ["name", "häuser"],
        ]),
      );
      expect(root.get("best")).toBeInstanceOf(PickleObject);
      expect(root.get("lists")).toMatchObject([
        1,
        [2, expect.anything()],
        null,
        true,
        2n ** 70n,
        -1.5,
        expect.anything(),
      ]);
      expect(root.get("milestones")).toEqual(new Map([[30, 1]]));
      expect(root.get("nested")).toEqual(new Map([["a", [1]]]));
    } finally {
      source.close();
    }
  });
});
