import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openDataset } from "../open.ts";
import { temporaryTree } from "../testing/tree.ts";

const LEVELS = 3072;

/** Records of label bytes and an image whose red is 10, green 20 and blue 30 times its number. */
function batch(labels: readonly (readonly number[])[]): Uint8Array {
  return Buffer.concat(
    labels.map((label, n) =>
      Buffer.concat([
        Uint8Array.from(label),
        ...[10, 20, 30].map((base) => Buffer.alloc(1024, (base * (n + 1)) % 256)),
      ]),
    ),
  );
}

const names10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const cifar10 = {
  "cifar-10-batches-bin/data_batch_1.bin": batch([[3], [9]]),
  ...Object.fromEntries([2, 3, 4, 5].map((n) => [`cifar-10-batches-bin/data_batch_${n}.bin`, batch([[n]])])),
  "cifar-10-batches-bin/test_batch.bin": batch([[8], [0]]),
  "cifar-10-batches-bin/batches.meta.txt": `${names10.join("\n")}\n\n`,
};

describe("CIFAR10, binary", () => {
  it("reads labels and planes", async () => {
    const folder = await temporaryTree(cifar10);
    const { splits, classes } = await openDataset("cifar10", folder.path, { allowPartial: true });
    expect(classes).toEqual(names10);
    expect(splits.train.map(({ label }) => label)).toEqual([3, 9, 2, 3, 4, 5]);
    expect(splits.test.map(({ id, label }) => [id, label])).toEqual([
      ["test_batch/00000", 8],
      ["test_batch/00001", 0],
    ]);
    const second = await splits.train[1]!.load();
    expect([second.width, second.height, ...second.data.subarray(0, 3), ...second.data.subarray(-3)]).toEqual(
      [32, 32, 20, 40, 60, 20, 40, 60],
    );
  });

  it("names a batch that is cut off", async () => {
    const file = "cifar-10-batches-bin/data_batch_3.bin";
    const folder = await temporaryTree({ ...cifar10, [file]: batch([[1]]).subarray(0, LEVELS) });
    await expect(openDataset("cifar10", folder.path, { allowPartial: true })).rejects.toThrow(
      /data_batch_3\.bin has 3072 bytes, which is no multiple of a record's 3073; it is damaged/,
    );
  });

  it("refuses a label that is no class", async () => {
    const file = "cifar-10-batches-bin/data_batch_3.bin";
    const folder = await temporaryTree({ ...cifar10, [file]: batch([[10]]) });
    await expect(openDataset("cifar10", folder.path, { allowPartial: true })).rejects.toThrow(
      /data_batch_3\/00000 has the label 10, expected a class from 0 to 9/,
    );
  });
});

describe("CIFAR100, binary", () => {
  it("takes the fine label, which comes second", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `name ${i}`);
    const folder = await temporaryTree({
      "cifar-100-binary/train.bin": batch([
        [11, 19],
        [15, 29],
      ]),
      "cifar-100-binary/test.bin": batch([[10, 49]]),
      "cifar-100-binary/fine_label_names.txt": `${names.join("\n")}\n`,
    });
    const { splits } = await openDataset("cifar100", folder.path, { allowPartial: true });
    expect(splits.train.map(({ label }) => label)).toEqual([19, 29]);
    expect(splits.test.map(({ label }) => label)).toEqual([49]);
    const { data } = await splits.train[1]!.load();
    expect(Array.from(data.subarray(0, 3))).toEqual([20, 40, 60]);
  });
});

describe("the Python version", () => {
  const golden = async (name: string) =>
    new Uint8Array(await readFile(new URL(`../../../golden/cifar-python/${name}`, import.meta.url)));

  it("of CIFAR10 has the same images, labels and manifest hash as the binary one", async () => {
    const one = await golden("data_batch_1");
    const python = await temporaryTree({
      ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`cifar-10-batches-py/data_batch_${n}`, one])),
      "cifar-10-batches-py/test_batch": one,
      "cifar-10-batches-py/batches.meta": await golden("batches.meta"),
    });
    const same = batch([[3], [9]]);
    const binary = await temporaryTree({
      ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`cifar-10-batches-bin/data_batch_${n}.bin`, same])),
      "cifar-10-batches-bin/test_batch.bin": same,
      "cifar-10-batches-bin/batches.meta.txt": `${names10.join("\n")}\n`,
    });
    const [first, second] = await Promise.all(
      [python, binary].map(({ path }) => openDataset("cifar10", path, { allowPartial: true })),
    );
    expect(first!.origin.layout).toBe("Python batches");
    expect(await first!.splits.train[3]!.load()).toEqual(await second!.splits.train[3]!.load());
    expect(await first!.manifestHash()).toBe(await second!.manifestHash());
  });

  it.each(["train", "train_python3"])("of CIFAR100 has its fine labels (%s)", async (name) => {
    const folder = await temporaryTree({
      "cifar-100-python/train": await golden(name),
      "cifar-100-python/test": await golden("train"),
      "cifar-100-python/meta": await golden("meta"),
    });
    const { splits, classes } = await openDataset("cifar100", folder.path, { allowPartial: true });
    expect([classes.length, classes[29]]).toEqual([100, "name 29"]);
    expect(splits.train.map(({ label }) => label)).toEqual([19, 29]);
    const { data } = await splits.train[1]!.load();
    expect(Array.from(data.subarray(-3))).toEqual([20, 40, 60]);
  });

  it("refuses a pickle that asks for a function, by its name", async () => {
    const folder = await temporaryTree({
      "cifar-100-python/train": "cos\nsystem\n(S'echo'\ntR.",
      "cifar-100-python/test": await golden("train"),
      "cifar-100-python/meta": await golden("meta"),
    });
    await expect(openDataset("cifar100", folder.path)).rejects.toThrow(
      /train is not a CIFAR batch: .*os\.system/,
    );
  });

  it("names a batch that is cut off", async () => {
    const folder = await temporaryTree({
      "cifar-100-python/train": (await golden("train")).subarray(0, 5000),
      "cifar-100-python/test": await golden("train"),
      "cifar-100-python/meta": await golden("meta"),
    });
    await expect(openDataset("cifar100", folder.path)).rejects.toThrow(
      /train is not a CIFAR batch: .*truncated/,
    );
  });
});
