/**
 * CIFAR's Python version: pickled dictionaries with `data` (a NumPy array of N x 3,072 levels, planes as in the
 * binary version) and `labels` or `fine_labels`. The pickle is parsed by the parser that cannot execute; images are
 * then read from where the array's bytes lie in the file.
 */
import { CheckpointError } from "../../checkpoints/errors.ts";
import { Cursor } from "../../checkpoints/pickle/cursor.ts";
import { parsePickle } from "../../checkpoints/pickle/pickle.ts";
import { PickleObject } from "../../checkpoints/pickle/values.ts";
import { memorySource } from "../../checkpoints/source.ts";
import { DatasetError, type Item } from "../dataset.ts";
import type { DatasetRoot } from "../root.ts";
import { type CifarKind, LEVELS, planesItem } from "./cifar-kind.ts";
import type { Reading } from "./reader.ts";

function dictionary(bytes: Uint8Array, path: string): ReadonlyMap<unknown, unknown> {
  let parsed: unknown;
  try {
    parsed = parsePickle(new Cursor(memorySource(bytes)));
  } catch (cause) {
    if (!(cause instanceof CheckpointError)) throw cause;
    throw new DatasetError(`${path} is not a CIFAR batch: ${cause.message}`, { cause });
  }
  if (parsed instanceof Map) return parsed;
  throw new DatasetError(`${path} is not a CIFAR batch: it holds no dictionary`);
}

/** Python 2's str arrives as text with one character a byte; Python 3's bytes as bytes. */
function rawBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return typeof value === "string" ? Buffer.from(value, "latin1") : undefined;
}

/** The opcodes BINSTRING and BINBYTES: four bytes of length, then the content. */
const LONG_STRINGS = ["T", "B"];

/** Where the content of a long string lies in the pickle. */
function offsetOf(content: Uint8Array, file: Uint8Array): number | undefined {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (const opcode of LONG_STRINGS) {
    const start = Buffer.alloc(5, opcode);
    start.writeUInt32LE(content.length, 1);
    for (let at = buffer.indexOf(start); at >= 0; at = buffer.indexOf(start, at + 1)) {
      if (buffer.subarray(at + 5, at + 5 + content.length).equals(content)) return at + 5;
    }
  }
  return undefined;
}

/** The array's rows and the offset of its first level; `state` is NumPy's (version, shape, dtype, order, bytes). */
function locateLevels(array: unknown, file: Uint8Array, path: string): { rows: number; offset: number } {
  const state = array instanceof PickleObject && Array.isArray(array.state) ? array.state : [];
  const [, shape, , , content] = state as readonly unknown[];
  const bytes = rawBytes(content);
  const [rows, columns] = Array.isArray(shape) ? (shape as readonly unknown[]) : [];
  if (typeof rows !== "number" || columns !== LEVELS || bytes?.length !== rows * LEVELS) {
    throw new DatasetError(`${path} has no array "data" of N x ${LEVELS} bytes`);
  }
  const offset = offsetOf(bytes, file);
  if (offset === undefined) {
    throw new DatasetError(`${path} stores its array in a way that is not read here; use the binary version`);
  }
  return { rows, offset };
}

async function readBatch(root: DatasetRoot, batch: string, kind: CifarKind): Promise<Item[]> {
  const path = root.at(batch);
  const file = await root.bytes(batch);
  const content = dictionary(file, path);
  const { rows, offset } = locateLevels(content.get("data"), file, path);
  const labels = content.get(kind.python.labelsKey);
  if (!Array.isArray(labels) || labels.length !== rows) {
    throw new DatasetError(`${path} has no list "${kind.python.labelsKey}" of ${rows} labels`);
  }
  return labels.map((label: unknown, i) => planesItem(batch, i, Number(label), path, offset + i * LEVELS));
}

export async function readPythonCifar(root: DatasetRoot, kind: CifarKind): Promise<Reading> {
  const { meta, namesKey } = kind.python;
  const names = dictionary(await root.bytes(meta), root.at(meta)).get(namesKey);
  if (!Array.isArray(names)) throw new DatasetError(`${root.at(meta)} has no list "${namesKey}"`);
  const read = async (batches: readonly string[]) => {
    const items: Item[][] = [];
    for (const batch of batches) items.push(await readBatch(root, batch, kind));
    return items.flat();
  };
  return {
    layout: "Python batches",
    splitRule: "published: training and test batches",
    classes: names.map(String),
    splits: { train: await read(kind.train), test: await read(kind.test) },
    missing: [],
  };
}
