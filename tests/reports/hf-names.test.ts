/** A ResNet under the names of transformers is the network of its twin under torchvision's, to the last bit. */
import { join } from "node:path";
import { loadCheckpoint } from "@transferboard/eval-core/backbones";
import { bytesOf } from "@transferboard/eval-core/tensor";
import { expect, it } from "vitest";

const load = (file: string) => loadCheckpoint(join(import.meta.dirname, "03-hf-resnet-names", file));

it("reads the hub's names of a ResNet-50", async () => {
  const [hub, twin] = [await load("pytorch_model.bin"), await load("twin.pth")];
  expect(hub.architecture).toEqual(twin.architecture);
  expect([...hub.tensors.keys()].sort()).toEqual([...twin.tensors.keys()].sort());
  for (const [name, { shape, data }] of twin.tensors) {
    const own = hub.tensors.get(name)!;
    expect(own.shape, name).toEqual(shape);
    expect(Buffer.from(bytesOf(own.data)).equals(Buffer.from(bytesOf(data))), name).toBe(true);
  }
});
