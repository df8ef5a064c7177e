/**
 * What torch.save wrote before 1.6, whatever the name (MoCo's `.pth.tar` is one): five pickles in a row (a magic
 * number, the protocol's version, the machine, the object, the storages' keys), then each storage as its length
 * and its raw values.
 */
import { bytesPerElement } from "../../tensor/typed-array.ts";
import { CheckpointError, quoted } from "../errors.ts";
import { Cursor } from "../pickle/cursor.ts";
import { parsePickle } from "../pickle/pickle.ts";
import { readBytes, type Source } from "../source.ts";
import type { Contents } from "../stored.ts";
import { Closed, opened } from "./opened.ts";
import { type Storage, type StorageBytes, torchHooks } from "./torch-tensor.ts";

/** 0x1950a86a20f9469cfc6c, as torch.serialization has it; written at any protocol of pickle, 0 to 5. */
export const MAGIC_NUMBER = 119547037146038801333356n;
const PROTOCOL_VERSION = 1001;

export function readTorchLegacy(source: Source): Contents {
  const cursor = new Cursor(source);
  if (parsePickle(cursor) !== MAGIC_NUMBER) {
    throw new CheckpointError(
      "a Python pickle, but not one of torch.save's: only files of torch.save are read",
    );
  }
  const version = parsePickle(cursor);
  if (version !== PROTOCOL_VERSION) {
    const found = typeof version === "number" ? version : typeof version;
    throw new CheckpointError(`torch.save's protocol ${found} is unknown: expected ${PROTOCOL_VERSION}`);
  }
  const machine = parsePickle(cursor);
  if (machine instanceof Map && machine.get("little_endian") === false) {
    throw new CheckpointError("written on a big-endian machine: save it again on a little-endian one");
  }
  const closed = new Closed();
  const storages = new Map<string, Storage>();
  const places = new Map<string, StorageBytes>();
  const root = parsePickle(
    cursor,
    torchHooks({
      locate: ({ key }) => {
        const place = places.get(key);
        if (place === undefined)
          throw new CheckpointError(`the file is damaged: storage ${quoted(key)} is missing`);
        return place;
      },
      onStorage: (storage) => storages.set(storage.key, storage),
      onClosed: closed.add,
    }),
  );
  const keys = parsePickle(cursor);
  if (!Array.isArray(keys)) throw new CheckpointError("the file is damaged: its list of storages is missing");
  let offset = cursor.position;
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined) {
      throw new CheckpointError(
        `the file is damaged: a storage (${typeof key === "string" ? quoted(key) : typeof key}) belongs to no tensor`,
      );
    }
    const head = readBytes(source, offset, 8, `storage ${quoted(key)}`);
    const length = Number(new DataView(head.buffer).getBigInt64(0, true));
    const start = offset + 8;
    const size = length * bytesPerElement(storage.dtype);
    if (!(size >= 0 && start + size <= source.size)) {
      throw new CheckpointError(
        `the file is truncated or damaged: storage ${quoted(key)} should have ${length} values at byte ${start}, the file ends at ${source.size}`,
      );
    }
    places.set(key, {
      size: () => size,
      readInto: (target, at) => source.readInto(target, start + at),
    });
    offset = start + size;
  }
  return { format: "torch-legacy", metadata: {}, ...opened(root, closed) };
}
