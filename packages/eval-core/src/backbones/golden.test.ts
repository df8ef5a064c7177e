/** What is said of the six files of golden/checkpoint, and the other forms of their graph; conformance holds their features. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { writeModel } from "../onnx/write.ts";
import { openSession } from "../runtime/index.ts";
import { readNpy } from "../tensor/npy.ts";
import type { AnyTensor } from "../tensor/tensor.ts";
import { type BackboneOptions, backboneGraph, backboneWeights } from "./backbone-graph.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../golden/checkpoint/${name}`, import.meta.url));
const input = readNpy(golden("input.npy"));

async function run(checkpoint: Checkpoint, options: BackboneOptions = {}) {
  const session = await openSession(writeModel(backboneGraph(checkpoint, options)), {
    device: "cpu",
    threads: 1,
  });
  const weights =
    options.weights === "inputs" ? Object.fromEntries(backboneWeights(checkpoint, options)) : {};
  return session.run({ input, ...weights });
}

/** The largest difference, relative to the largest expected value. */
function relativeError(actual: AnyTensor | undefined, expected: AnyTensor): number {
  expect(actual?.shape).toEqual(expected.shape);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.data.length; i++) {
    largest = Math.max(largest, Math.abs(Number(expected.data[i])));
    difference = Math.max(difference, Math.abs(Number(expected.data[i]) - Number(actual!.data[i])));
  }
  return difference / largest;
}

interface File {
  readonly name: string;
  readonly format: string;
  readonly place: string;
  readonly dropped: readonly string[];
  readonly converted?: readonly string[];
}

const files: readonly File[] = [
  {
    name: "torchvision.pth",
    format: "torch-zip",
    place: "",
    dropped: ["fc.weight: head", "fc.bias: head"],
  },
  {
    name: "moco.pth.tar",
    format: "torch-legacy",
    place: "state_dict / module.encoder_q.",
    dropped: [
      "state_dict/module.queue: queue or memory bank",
      "state_dict/module.encoder_q.fc.0.weight: head",
      "state_dict/module.encoder_k.conv1.weight: momentum copy",
    ],
  },
  {
    name: "swav.pth.tar",
    format: "torch-zip",
    place: "module.",
    dropped: ["module.projection_head.0.weight: head", "module.prototypes.weight: prototypes"],
  },
  {
    name: "pycontrast.pth",
    format: "torch-zip",
    place: "model / module.encoder.",
    dropped: ["model/module.head.0.weight: head", "model/module.jigsaw.weight: projection or task head"],
  },
  {
    name: "half.pth",
    format: "torch-zip",
    place: "",
    dropped: ["bn1.num_batches_tracked: batch counter"],
    converted: ["265 tensors from float16 to float32"],
  },
  {
    name: "backbone.safetensors",
    format: "safetensors",
    place: "",
    dropped: ["layer4.2.bn3.num_batches_tracked: batch counter"],
  },
];

describe.each(files)("$name", ({ name, format, place, dropped, converted }) => {
  const loading = loadCheckpoint(golden(name));

  it("is a narrow ResNet-50, every tensor accounted for", async () => {
    const checkpoint = await loading;
    expect(checkpoint).toMatchObject({ file: name, format, layout: { place, naming: "torchvision" } });
    expect(checkpoint.architecture).toMatchObject({
      name: "resnet50",
      depth: 50,
      block: "bottleneck",
      width: 1 / 8,
      widths: { stem: 8, inner: [8, 16, 32, 64], outer: [32, 64, 128, 256] },
      featureDimension: 256,
    });
    expect(checkpoint.tensors.size).toBe(53 * 5);
    expect(checkpoint.kept).toHaveLength(53 * 5);
    expect(checkpoint.dropped.map((entry) => `${entry.name}: ${entry.why}`)).toEqual(
      expect.arrayContaining([...dropped]),
    );
    expect(checkpoint.converted).toEqual(converted ?? []);
    expect(checkpoint.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("the other forms of the graph", () => {
  const loading = loadCheckpoint(golden("torchvision.pth"));
  const forms: BackboneOptions[] = [
    { batchNorm: "separate" },
    { batchNorm: "separate", weights: "inputs" },
    { batchNorm: "folded", weights: "inputs" },
  ];
  it.each(forms)("gives the same with %o", async (options) => {
    const outputs = await run(await loading, options);
    expect(relativeError(outputs.features, readNpy(golden("features.npy")))).toBeLessThan(1e-4);
    expect(relativeError(outputs.layer4, readNpy(golden("layer4.npy")))).toBeLessThan(1e-4);
  });

  it("hands out the stages' maps", async () => {
    const outputs = await run(await loading, { outputs: ["layer1", "layer3"] });
    expect(Object.keys(outputs)).toEqual(["layer1", "layer3"]);
    const [, , height, width] = input.shape;
    expect(outputs.layer1!.shape).toEqual([input.shape[0], 32, height! / 4, width! / 4]);
    expect(outputs.layer3!.shape).toEqual([input.shape[0], 128, height! / 16, width! / 16]);
  });
});

it("takes MoCo's momentum copy only when asked, and its features differ", async () => {
  const copy = await loadCheckpoint(golden("moco.pth.tar"), { prefix: "module.encoder_k." });
  expect(copy.layout.place).toBe("state_dict / module.encoder_k.");
  const outputs = await run(copy);
  expect(relativeError(outputs.features, readNpy(golden("features.npy")))).toBeGreaterThan(0.1);
});
