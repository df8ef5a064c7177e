/**
 * `digits.csv.gz`, which ships with the package: 1,797 handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak,
 * UCI Machine Learning Repository, 1998, CC BY 4.0). A row is 64 levels of 0 to 16, then the class.
 * The usual split in file order: the first 1,197 rows train, the last 600 test.
 */
import { gunzipSync } from "node:zlib";
import { DatasetError, type Item, makeItem } from "../dataset.ts";
import type { Reader } from "./reader.ts";

const FILE = "digits.csv.gz";
const SIDE = 8;
const MOST = 16;
const TRAIN_ROWS = 1197;
const CLASSES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

function readRow(line: string, row: number, path: string): Item {
  const values = line.split(",").map(Number);
  const label = values[SIDE * SIDE];
  const levels = values.slice(0, SIDE * SIDE);
  const isLevel = (value: number) => Number.isInteger(value) && value >= 0 && value <= MOST;
  if (values.length !== SIDE * SIDE + 1 || !levels.every(isLevel)) {
    throw new DatasetError(
      `row ${row + 1} of ${path} is not ${SIDE * SIDE} levels of 0 to ${MOST} and a class: "${line.slice(0, 40)}..."`,
    );
  }
  if (!Number.isInteger(label) || label! < 0 || label! >= CLASSES.length) {
    throw new DatasetError(`row ${row + 1} of ${path} has the class ${label}: expected 0 to 9`);
  }
  const name = `${path} (row ${row + 1})`;
  const id = `row-${String(row + 1).padStart(4, "0")}`;
  const source = {
    kind: "levels",
    name,
    width: SIDE,
    height: SIDE,
    most: MOST,
    levels: Uint8Array.from(levels),
  };
  return makeItem(id, label!, { ...source, kind: "levels" });
}

export const readDigits: Reader = async (root) => {
  const path = root.at(FILE);
  const packed = await root.bytes(FILE);
  let text: string;
  try {
    text = gunzipSync(packed).toString("utf8");
  } catch (cause) {
    throw new DatasetError(`${path} is not a whole gzip file; copy it again`, { cause });
  }
  const items = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, row) => readRow(line, row, path));
  return {
    layout: FILE,
    splitRule: `file order: the first ${TRAIN_ROWS} rows train, the rest test`,
    classes: CLASSES,
    splits: { train: items.slice(0, TRAIN_ROWS), test: items.slice(TRAIN_ROWS) },
    missing: [],
  };
};
