/** Two of the paper's datasets in their published binary layout, cut to a size that a test can afford. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SeededRandom } from "@transferboard/eval-core/tensor";

const SIDE = 32;

/** One image: a stripe whose place and colour tell the class, under noise. */
function pixels(label: number, random: SeededRandom): Uint8Array {
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const stripe = label * 3 <= y && y < label * 3 + 4 && label % 3 === channel;
        data[(channel * SIDE + y) * SIDE + x] = (stripe ? 160 : 40) + random.below(90);
      }
    }
  }
  return data;
}

/** Records of `labels(i)` bytes and pixels, `count` of them. */
function batch(count: number, labels: (i: number) => readonly number[], random: SeededRandom): Uint8Array {
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => {
      const bytes = labels(i);
      return Buffer.from([...bytes, ...pixels(bytes.at(-1)!, random)]);
    }),
  );
}

const CLASSES = 10;

/** CIFAR10 and CIFAR100, ten classes of it, under `folder`. */
export function makeSmallDatasets(folder: string): void {
  const random = new SeededRandom(5);
  const ten = join(folder, "cifar-10-batches-bin");
  const hundred = join(folder, "cifar-100-binary");
  mkdirSync(ten, { recursive: true });
  mkdirSync(hundred, { recursive: true });
  const names = Array.from({ length: CLASSES }, (_, i) => `class ${i}\n`).join("");
  for (let i = 1; i <= 5; i++) {
    writeFileSync(
      join(ten, `data_batch_${i}.bin`),
      batch(20, (j) => [j % CLASSES], random),
    );
  }
  writeFileSync(
    join(ten, "test_batch.bin"),
    batch(50, (j) => [j % CLASSES], random),
  );
  writeFileSync(join(ten, "batches.meta.txt"), names);
  writeFileSync(
    join(hundred, "train.bin"),
    batch(80, (j) => [0, j % CLASSES], random),
  );
  writeFileSync(
    join(hundred, "test.bin"),
    batch(50, (j) => [0, j % CLASSES], random),
  );
  writeFileSync(join(hundred, "fine_label_names.txt"), names);
}
