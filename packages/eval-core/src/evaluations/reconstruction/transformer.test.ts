/** A reconstruction from a vision transformer's patch tokens as a grid: its gradient, its target, and what it is told by. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { backboneGraph, loadCheckpoint } from "../../backbones/index.ts";
import { drawPrior, type PriorShape, reconstructionGraph } from "../../networks/index.ts";
import { type AnyTensor, NumpyRandomState, tensor } from "../../tensor/index.ts";
import type { PictureData } from "../pictures/data.ts";
import { networkFacts, RESNET_FACTS } from "../plan.ts";
import { settingNamed } from "../settings.ts";
import { ReconstructionTrainer } from "./trainer.ts";

const SHAPE: PriorShape = {
  widths: [4, 8],
  kernels: [5, 3],
  skip: 4,
  depth: 4,
  size: 40,
  corner: 32,
  slope: 0.2,
};
const transformer = await loadCheckpoint(
  fileURLToPath(new URL("../../../data/digits-vit.safetensors", import.meta.url)),
);

describe("from patch tokens", () => {
  it("the loss falls along its gradient as the gradient says", async () => {
    const { lastMap } = networkFacts(transformer);
    const side = SHAPE.corner;
    const backbone = backboneGraph(transformer, { outputs: [lastMap!], size: [side, side] });
    const drawn = drawPrior(SHAPE, new NumpyRandomState(3));
    const target = tensor("float32", [1, 128, 4, 4], new Float32Array(128 * 16).fill(0.5));
    const graph = reconstructionGraph(backbone, lastMap!, target.shape, SHAPE, drawn);
    await using trainer = await ReconstructionTrainer.open(graph, {
      device: "cpu",
      threads: 1,
      gradients: true,
    });
    await trainer.begin(drawn, target);
    const { gradients } = await trainer.step(1, 0);
    const slope = [...gradients.values()].reduce(
      (sum, { data }) => (data as Float32Array).reduce((own, value) => own + value ** 2, sum),
      0,
    );
    const state = await trainer.state();
    // So small a share of the loss is far above float32's rounding, and the loss still nearly straight.
    const { loss } = await trainer.image();
    const length = (3e-5 * loss) / slope;
    const lossAt = async (along: number): Promise<number> => {
      const moved = new Map<string, AnyTensor>();
      for (const [name, value] of state) {
        const own = gradients.get(name)?.data as Float32Array | undefined;
        const data = (value.data as Float32Array).map((w, i) => w - along * (own?.[i] ?? 0));
        moved.set(name, tensor("float32", value.shape, data));
      }
      await trainer.restore(moved);
      return (await trainer.image()).loss;
    };
    const fallen = (await lossAt(-length)) - (await lossAt(length));
    expect(Math.abs(fallen / (2 * length * slope) - 1)).toBeLessThan(0.02);
  });

  it("is told by a fingerprint of its own, and refused where there is no map", () => {
    const { kind, name: setting, options } = settingNamed("reconstruction");
    const data = { rule: () => ({}), isReduced: false } as unknown as PictureData;
    const describedBy = (network: typeof RESNET_FACTS) =>
      kind.describe({ setting, options, data, network, seed: 0 } as Parameters<typeof kind.describe>[0]);
    const own = describedBy(networkFacts(transformer));
    expect(own.body).toMatchObject({ target: "patches" });
    expect(own.fingerprint).not.toBe(describedBy(RESNET_FACTS).fingerprint);
    expect(() => describedBy({ ...RESNET_FACTS, lastMap: undefined })).toThrow(
      "this network has no readout that is a map: there is nothing to reconstruct from",
    );
    expect(() => describedBy({ ...RESNET_FACTS, patch: 15 })).toThrow("patches of 15 do not divide");
  });
});
