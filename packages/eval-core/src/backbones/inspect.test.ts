import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoints/errors.ts";
import { loadModel } from "../onnx/read.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import { convertCheckpoint, formatInspection, inspectCheckpoint } from "./inspect.ts";

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../golden/checkpoint/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("says what a file is", async () => {
  const inspection = await inspectCheckpoint(golden("moco.pth.tar"));
  expect(JSON.parse(JSON.stringify(inspection))).toEqual(inspection);
  // The figure of the full network: 23,508,032 parameters in convolutions and normalisations, an eighth wide.
  expect(inspection.parameters).toBe(
    [...(await loadCheckpoint(golden("torchvision.pth"))).tensors]
      .filter(([name]) => /weight|bias/.test(name))
      .reduce((sum, [, { data }]) => sum + data.length, 0),
  );
  const text = formatInspection(inspection);
  expect(text).toContain("ResNet-50 (0.125x), 256 features");
  expect(text).toContain("torchvision names under state_dict / module.encoder_q.");
  expect(text).toMatch(/dropped {7}318 x momentum copy: state_dict\/module.encoder_k.conv1.weight/);
  expect(text).toContain(inspection.sha256);
});

describe.each(["copy.onnx", "copy.safetensors"])("converting to %s", (name) => {
  it("keeps the weights and the normalisation", async () => {
    const out = join(folder, name);
    await convertCheckpoint(golden("torchvision.pth"), out, { normalisation: "none" });
    const [source, copy] = await Promise.all([
      loadCheckpoint(golden("torchvision.pth")),
      loadCheckpoint(out),
    ]);
    expect(copy.architecture).toEqual(source.architecture);
    expect(copy.normalisation).toEqual({ mean: [0, 0, 0], std: [1, 1, 1] });
    expect([...copy.tensors.keys()].sort()).toEqual([...source.tensors.keys()].sort());
    if (name.endsWith(".safetensors"))
      expect(copy.tensors.get("conv1.weight")).toEqual(source.tensors.get("conv1.weight"));
  });
});

it("keeps every tensor exactly in an ONNX model with separate batch normalisation", async () => {
  const out = join(folder, "separate.onnx");
  await convertCheckpoint(golden("torchvision.pth"), out, { batchNorm: "separate" });
  const [source, copy] = await Promise.all([loadCheckpoint(golden("torchvision.pth")), loadCheckpoint(out)]);
  expect(new Map(copy.tensors)).toEqual(new Map(source.tensors));
  expect(loadModel(out).metadata).toMatchObject({ "transferboard.source.sha256": source.sha256 });
});

it("refuses an ending that it does not write", async () => {
  await expect(convertCheckpoint(golden("torchvision.pth"), "x.pb")).rejects.toThrow(CheckpointError);
});
