/** Checkpoints of every family on disk: converted and read again, in folders, in shards, and damaged in many ways. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoints/errors.ts";
import { saveSafetensors } from "../checkpoints/formats/safetensors.ts";
import { GoldenFolder } from "../conformance/index.ts";
import { writeModel } from "../onnx/index.ts";
import { openSession } from "../runtime/index.ts";
import { type AnyTensor, SeededRandom, type Tensor, tensor } from "../tensor/index.ts";
import { count } from "../tensor/testing/counts.ts";
import { backboneGraph } from "./backbone-graph.ts";
import { type Checkpoint, type LoadOptions, loadCheckpoint, loadTensors } from "./checkpoint.ts";
import { convertCheckpoint } from "./inspect.ts";

const goldens = new GoldenFolder(fileURLToPath(new URL("../../golden/backbones", import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "families-"));
afterAll(() => {
  goldens[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const heads = { heads: 2 };
const networks: readonly (readonly [string, string, LoadOptions])[] = [
  ["dinov2_reg", "dinov2_reg4_pretrain.pth", heads],
  ["dinov3", "dinov3_pretrain.pth", {}],
  ["timm_siglip", "model.safetensors", heads],
  ["hf_clip", "model.safetensors", heads],
  ["timm_dinov2_reg", "model.safetensors", heads],
  ["hf_convnext", "model.safetensors", {}],
  ["convnextv2", "convnextv2_1k_224_ema.pt", {}],
  ["resnext", "resnext.pth", { anyDepth: true }],
];

/** Every vector of one image. */
async function vectorsOf(checkpoint: Checkpoint): Promise<Record<string, AnyTensor>> {
  const outputs = checkpoint.readouts.filter(({ kind }) => kind === "vector").map(({ slug }) => slug);
  const graph = backboneGraph(checkpoint, { outputs, size: [40, 32] });
  const session = await openSession(writeModel(graph), { device: "cpu", threads: 1 });
  try {
    const random = new SeededRandom(8);
    const pixels = Float32Array.from({ length: 3 * 40 * 32 }, () => random.normal());
    return await session.run({ input: tensor("float32", [1, 3, 40, 32], pixels) });
  } finally {
    await session.close();
  }
}

describe.each(networks)("%s", (name, file, options) => {
  it("is the same network when it is converted and read again", async () => {
    const path = goldens.folder(name).file(file);
    const out = join(folder, `${name}.safetensors`);
    await convertCheckpoint(path, out, options);
    const [source, copy] = await Promise.all([
      loadCheckpoint(path, options),
      loadCheckpoint(out, options.anyDepth ? options : {}),
    ]);
    expect([copy.family, copy.architecture, copy.normalisation]).toEqual([
      source.family,
      source.architecture,
      source.normalisation,
    ]);
    expect(await vectorsOf(copy)).toEqual(await vectorsOf(source));
  });
});

describe("a folder as the hub lays it out", () => {
  it("is read by its usual name, with what lies beside", async () => {
    const home = join(folder, "hub");
    cpSync(join(goldens.path, "hf_vit"), home, { recursive: true });
    const checkpoint = await loadCheckpoint(home);
    expect(checkpoint).toMatchObject({
      file: "model.safetensors",
      choices: { heads: { value: 2, from: "config.json" } },
      normalisationFrom: "preprocessor_config.json",
    });
    expect(checkpoint.converted[0]).toBe("read beside it: preprocessor_config.json, config.json");
    writeFileSync(join(home, "config.json"), "{");
    await expect(loadCheckpoint(home)).rejects.toThrow(/config\.json beside it is not valid JSON/);
    writeFileSync(join(home, "config.json"), '{"num_attention_heads": 2, "num_attention_heads": 4}');
    await expect(loadCheckpoint(home)).rejects.toThrow(
      /config\.json beside it tells the field 'num_attention_heads' twice/,
    );
  });

  it("is read from shards as from one file, and a shard that is missing is named", async () => {
    const whole = goldens.folder("hf_vit").file("model.safetensors");
    const tensors = [...(await loadTensors(whole))];
    const home = join(folder, "sharded");
    cpSync(join(goldens.path, "hf_vit"), home, { recursive: true });
    rmSync(join(home, "model.safetensors"));
    const files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    const half = (i: number) => tensors.filter((_, at) => at % 2 === i);
    files.forEach((file, i) => {
      saveSafetensors(new Map(half(i)), join(home, file));
    });
    const map = Object.fromEntries(files.flatMap((file, i) => half(i).map(([tensor_]) => [tensor_, file])));
    const index = join(home, "model.safetensors.index.json");
    writeFileSync(index, JSON.stringify({ metadata: {}, weight_map: map }));
    const [one, sharded] = [await loadCheckpoint(whole), await loadCheckpoint(home)];
    expect(new Map(sharded.tensors)).toEqual(new Map(one.tensors));
    expect(sharded.converted).toContain("2 shards read as one file");
    writeFileSync(index, JSON.stringify({ weight_map: { a: "../elsewhere.safetensors" } }));
    await expect(loadCheckpoint(index)).rejects.toThrow(/names no file beside it for 'a'/);
    writeFileSync(index, JSON.stringify({ weight_map: map }));
    rmSync(join(home, files[1]!));
    await expect(loadCheckpoint(home)).rejects.toThrow(
      /shard model-00002-of-00002\.safetensors is not beside/,
    );
  });

  it("without weights, or with several files, is refused", async () => {
    const home = mkdtempSync(join(folder, "empty-"));
    await expect(loadCheckpoint(home)).rejects.toThrow(/a folder without weights/);
    for (const file of ["a.pth", "b.pth"]) writeFileSync(join(home, file), "");
    await expect(loadCheckpoint(home)).rejects.toThrow(/several files of weights \(a\.pth, b\.pth\)/);
  });
});

/**
 * Whose absence no reader can notice, for another network of the family is exactly so: registers that are gone in one
 * piece, a projection that few files have, a mask that nothing reads.
 */
const UNNOTICED =
  /register|reg_token|storage_tokens|mask_token|visual_projection|projection|head\.(weight|bias)|classifier/;

const ways = [
  "removed",
  "renamed",
  "transposed",
  "of another shape",
  "under another prefix",
  "not a number",
] as const;

function damaged(
  tensors: ReadonlyMap<string, AnyTensor>,
  name: string,
  way: (typeof ways)[number],
): Map<string, AnyTensor> {
  const { shape, data } = tensors.get(name) as Tensor<"float32">;
  const renamed = (to: string) =>
    new Map([...tensors].map(([key, value]) => [key === name ? to : key, value]));
  const replaced = (value: Tensor<"float32">) => new Map(tensors).set(name, value);
  switch (way) {
    case "removed":
      return new Map([...tensors].filter(([key]) => key !== name));
    case "renamed":
      return renamed(`${name}_`);
    case "under another prefix":
      return renamed(`other.${name}`);
    case "transposed":
      return replaced(tensor("float32", [...shape].reverse(), data));
    case "of another shape":
      return replaced(
        tensor(
          "float32",
          [shape[0]! + 1, ...shape.slice(1)],
          new Float32Array((data.length / shape[0]!) * (shape[0]! + 1)),
        ),
      );
    case "not a number":
      return replaced(
        tensor(
          "float32",
          shape,
          data.map((value, i) => (i === 0 ? Number.NaN : value)),
        ),
      );
  }
}

/** A name without numbers, prefixes and parameters: what a refusal must show some of. */
const wordsOf = (name: string) => name.split(".").filter((word) => !/^(\d+|weight|bias)$/.test(word));

describe("damage", () => {
  const RUNS = count(60, 200);
  it(`of ${RUNS} kinds never loads as if nothing were, and each refusal names a tensor`, async () => {
    const random = new SeededRandom(41);
    const sources = await Promise.all(
      networks.map(async ([name, file, options]) => {
        const path = goldens.folder(name).file(file);
        const nested = await loadTensors(path);
        const tensors = new Map(
          [...nested].map(([key, value]) => [key.replace(/^model\//, ""), value] as const),
        );
        const { kept } = await loadCheckpoint(path, options);
        const names = kept.map(({ from }) => from.replace(/^model\//, ""));
        return { name, options, tensors, names };
      }),
    );
    const path = join(folder, "damaged.safetensors");
    for (let run = 0; run < RUNS; run++) {
      const { name, options, tensors, names } = sources[run % sources.length]!;
      const target = names[random.below(names.length)]!;
      const { shape } = tensors.get(target)!;
      const way = ways[random.below(ways.length)]!;
      if (way === "removed" && UNNOTICED.test(target)) continue;
      // A square matrix turned over is another square matrix; a vector has nothing to turn.
      const turns =
        String([...shape].reverse()) !== String(shape) && shape.filter((size) => size > 1).length > 1;
      if (way === "transposed" && !turns) continue;
      saveSafetensors(damaged(tensors, target, way), path);
      const error: unknown = await loadCheckpoint(path, options).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const what = `${name}: ${target} ${way}`;
      expect(error, what).toBeInstanceOf(CheckpointError);
      const { message } = error as CheckpointError;
      expect(message, what).not.toMatch(/[\n\r]/);
      expect(
        wordsOf(target).some((word) => message.includes(word)),
        `${what}: ${message}`,
      ).toBe(true);
    }
  }, 120_000);
});
