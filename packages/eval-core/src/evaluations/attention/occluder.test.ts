/** Features under masks are those of the covered image, of a ResNet and of a vision transformer, pooled and as a map. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { backboneGraph, loadCheckpoint } from "../../backbones/index.ts";
import { relativeDifference } from "../../conformance/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { openSession } from "../../runtime/index.ts";
import { SeededRandom, tensor } from "../../tensor/index.ts";
import { Occluder } from "./occluder.ts";
import { sizeFor } from "./protocol.ts";

const SIZE = 40;
const MASK = 10;
const MASKS = [
  [0, 0],
  [7, 30],
  [30, 3],
  [16, 16],
  [30, 30],
] as const;

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const random = new SeededRandom(5);
const pixels = Float32Array.from({ length: 3 * SIZE * SIZE }, () => random.uniform(-2, 2));

function covered([top, left]: readonly [number, number]): Float32Array<ArrayBuffer> {
  const out = pixels.slice();
  for (let channel = 0; channel < 3; channel++)
    for (let y = top; y < top + MASK; y++)
      out.fill(0, (channel * SIZE + y) * SIZE + left, (channel * SIZE + y) * SIZE + left + MASK);
  return out;
}

describe("Occluder", () => {
  it.each([
    { path: "golden/checkpoint/torchvision.pth", readout: "pooled", width: 256 },
    { path: "data/digits-vit.safetensors", readout: "cls", width: 128 },
    // Patch tokens as a grid of 5 x 5.
    { path: "data/digits-vit.safetensors", readout: "patches", width: 128 * 25 },
  ])("$path, $readout", async ({ path, readout, width }) => {
    const checkpoint = await loadCheckpoint(file(path));
    const graph = backboneGraph(checkpoint, { outputs: [readout], size: [SIZE, SIZE] });
    await using occluder = await Occluder.open(graph, readout, { size: SIZE, mask: MASK }, { device: "cpu" });
    await occluder.look(tensor("float32", [1, 3, SIZE, SIZE], pixels));
    const found = [await occluder.clean(), ...(await occluder.features(MASKS))];
    const session = await openSession(writeModel(graph), { device: "cpu", threads: 1 });
    try {
      for (const [i, image] of [pixels, ...MASKS.map(covered)].entries()) {
        const input = tensor("float32", [1, 3, SIZE, SIZE], image);
        const { data } = (await session.run({ input }, [readout]))[readout]!;
        expect(found[i]).toHaveLength(width);
        expect(relativeDifference(found[i]!, data as Float32Array)).toBeLessThan(1e-5);
      }
    } finally {
      await session.close();
    }
  });

  it("looks at the published size, or the next that patches divide", () => {
    expect([1, 8, 14, 16].map(sizeFor)).toEqual([242, 248, 252, 256]);
  });
});
