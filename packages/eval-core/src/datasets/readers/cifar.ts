/**
 * CIFAR-10 and CIFAR-100 (Krizhevsky, 2009), binary version: files of records, each one label byte (CIFAR-100: a
 * coarse, then the fine label) and 3,072 levels: 32 x 32 red, then green, then blue. The Python version of the same
 * archives is `cifar-python.ts`'s.
 */
import { DatasetError, type Item } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";
import { type CifarKind, LEVELS, planesItem } from "./cifar-kind.ts";
import { readPythonCifar } from "./cifar-python.ts";
import type { Reader, Reading } from "./reader.ts";

const CIFAR10: CifarKind = {
  train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}`),
  test: ["test_batch"],
  names: "batches.meta.txt",
  labelBytes: 1,
  python: { meta: "batches.meta", namesKey: "label_names", labelsKey: "labels" },
};

const CIFAR100: CifarKind = {
  train: ["train"],
  test: ["test"],
  names: "fine_label_names.txt",
  labelBytes: 2,
  python: { meta: "meta", namesKey: "fine_label_names", labelsKey: "fine_labels" },
};

async function readBinary(root: DatasetRoot, kind: CifarKind): Promise<Reading> {
  const record = kind.labelBytes + LEVELS;
  const readBatch = async (batch: string): Promise<Item[]> => {
    const file = `${batch}.bin`;
    const bytes = await root.bytes(file);
    if (bytes.length === 0 || bytes.length % record !== 0) {
      throw new DatasetError(
        `${root.at(file)} has ${bytes.length} bytes, which is no multiple of a record's ${record}; it is damaged, copy it again`,
      );
    }
    return Array.from({ length: bytes.length / record }, (_, i) =>
      planesItem(
        batch,
        i,
        bytes[i * record + kind.labelBytes - 1]!,
        root.at(file),
        i * record + kind.labelBytes,
      ),
    );
  };
  const read = async (batches: readonly string[]) => {
    const items: Item[][] = [];
    for (const batch of batches) items.push(await readBatch(batch));
    return items.flat();
  };
  return {
    layout: "binary batches",
    splitRule: "published: training and test batches",
    classes: (await root.lines(kind.names)).map((line) => line.trim()),
    splits: { train: await read(kind.train), test: await read(kind.test) },
    missing: [],
  };
}

const reader =
  (kind: CifarKind): Reader =>
  async (root) => {
    const [first] = kind.train;
    const python = (await root.has(first!)) && !(await root.has(`${first}.bin`));
    return python ? readPythonCifar(root, kind) : readBinary(root, kind);
  };

export const readCifar10 = reader(CIFAR10);
export const readCifar100 = reader(CIFAR100);
