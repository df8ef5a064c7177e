/** Weights of LPIPS from a folder: what is there, what is missing, and what is not what it claims. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saveSafetensors } from "../../checkpoints/index.ts";
import { learnedTensors } from "../../networks/index.ts";
import { type AnyTensor, type Tensor, tensor } from "../../tensor/index.ts";
import { drawLpips } from "./lpips-conformance.ts";
import { readLpipsWeights } from "./lpips-weights.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lpips-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const all = drawLpips("squeeze", 7202);
const learnedNames = [...learnedTensors("squeeze").keys()];
const learned = new Map(learnedNames.map((name) => [name, all.get(name)!]));
const trunk = new Map([...all].filter(([name]) => name.startsWith("features.")));

const write = (name: string, tensors: ReadonlyMap<string, AnyTensor>): string => {
  saveSafetensors(tensors, join(folder, name), {});
  return join(folder, name);
};
const changed = (name: string, change: (old: Tensor<"float32">) => Tensor<"float32">) =>
  new Map([...learned].map(([key, value]) => [key, key === name ? change(value) : value] as const));

describe("readLpipsWeights", () => {
  it("knows files by their tensors, drops classifiers, and says what is missing", async () => {
    const classifier = tensor("float32", [2], Float32Array.of(1, 2));
    write("anything.safetensors", new Map([...trunk, ["classifier.1.weight", classifier]]));
    write("learned.pth", learned);
    write("resnet50.pth", new Map([["conv1.weight", classifier]]));
    const { networks, files, notes } = await readLpipsWeights(folder);
    expect([...networks.keys()]).toEqual(["squeeze"]);
    expect([...networks.get("squeeze")!.keys()].sort()).toEqual([...all.keys()].sort());
    expect(files.map(({ is }) => is)).toEqual([
      "trunk of SqueezeNet 1.1",
      "learned weights of SqueezeNet 1.1",
    ]);
    expect(files[1]!.sha256).toBe(
      createHash("sha256")
        .update(readFileSync(join(folder, "learned.pth")))
        .digest("hex"),
    );
    expect(notes.join("\n")).toMatch(/resnet50\.pth holds neither a network/);
    expect(notes.join("\n")).toMatch(/LPIPS by AlexNet is missing: .* has no trunk and no learned weights/);
  });

  it("says that one half of a network is missing", async () => {
    write("learned.pth", learned);
    const { networks, notes } = await readLpipsWeights(folder);
    expect(networks.size).toBe(0);
    expect(notes.join("\n")).toMatch(/LPIPS by SqueezeNet 1\.1 is missing: .* has no trunk for it/);
  });

  it("refuses a wrong shape, naming tensor, expected and found", async () => {
    write(
      "squeeze.pth",
      changed("lin2.model.1.weight", ({ data }) => tensor("float32", [1, 255, 1, 1], data.slice(1))),
    );
    await expect(readLpipsWeights(folder)).rejects.toThrow(
      /squeeze\.pth: 'lin2\.model\.1\.weight' should be \[1, 256, 1, 1\] in the learned weights of SqueezeNet 1\.1, found \[1, 255, 1, 1\]$/,
    );
  });

  it("refuses a negative learned weight", async () => {
    write(
      "squeeze.pth",
      changed("lin0.model.1.weight", ({ data, shape }) => tensor("float32", shape, data.with(3, -0.5))),
    );
    await expect(readLpipsWeights(folder)).rejects.toThrow(
      /'lin0\.model\.1\.weight' should be 0 or more throughout in the learned weights of SqueezeNet 1\.1, found -0\.5$/,
    );
  });

  it("refuses a file whose name claims another SHA-256, and takes one whose name is right", async () => {
    const path = write("squeezenet1_1-b8a52dc0.pth", trunk);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    await expect(readLpipsWeights(folder)).rejects.toThrow(
      `its name says that its SHA-256 begins with b8a52dc0, but it begins with ${sha256.slice(0, 8)}`,
    );
    rmSync(path);
    write(`squeezenet1_1-${sha256.slice(0, 8)}.pth`, trunk);
    expect((await readLpipsWeights(folder)).files).toHaveLength(1);
  });

  it("refuses two files for one part, and a folder that is not there", async () => {
    write("a.pth", learned);
    write("b.pth", learned);
    await expect(readLpipsWeights(folder)).rejects.toThrow(/a\.pth and b\.pth are both the learned weights/);
    await expect(readLpipsWeights(join(folder, "nowhere"))).rejects.toThrow(/there is no such folder$/);
  });
});
