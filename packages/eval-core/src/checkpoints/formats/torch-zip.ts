/** The files that torch.save has written since 1.6: a zip archive of a pickle and one entry a storage. */
import { CheckpointError, quoted } from "../errors.ts";
import { Cursor } from "../pickle/cursor.ts";
import { parsePickle } from "../pickle/pickle.ts";
import { memorySource, type Source } from "../source.ts";
import type { Contents } from "../stored.ts";
import { Closed, opened } from "./opened.ts";
import { type StorageBytes, torchHooks } from "./torch-tensor.ts";
import { scriptedTensors } from "./torchscript.ts";
import { dataOffset, readZipDirectory, readZipEntry, verifyStored, type ZipEntry } from "./zip.ts";

/** A pickle holds names and shapes only: even thousands of tensors need a few megabytes. */
const LARGEST_PICKLE = 2 ** 26;

export function readTorchZip(source: Source): Contents {
  const entries = readZipDirectory(source);
  const pickle = [...entries.values()].find(
    ({ name }) => /^[^/]+\/data\.pkl$/.test(name) || name === "data.pkl",
  );
  if (pickle === undefined) {
    const names = [...entries.keys()].slice(0, 3).map(quoted).join(", ");
    throw new CheckpointError(
      `a zip archive, but not one of torch.save's: it has no data.pkl (its entries: ${names || "none"})`,
    );
  }
  const root = pickle.name.slice(0, -"data.pkl".length);
  const order = entries.get(`${root}byteorder`);
  if (
    order !== undefined &&
    order.size < 16 &&
    Buffer.from(readZipEntry(source, order)).toString() === "big"
  ) {
    throw new CheckpointError("written on a big-endian machine: save it again on a little-endian one");
  }
  if (pickle.size > LARGEST_PICKLE) {
    throw new CheckpointError(`its pickle claims ${pickle.size} bytes: at most ${LARGEST_PICKLE} are read`);
  }
  const closed = new Closed();
  const storages = new Map<string, StorageBytes>();
  const cursor = new Cursor(memorySource(readZipEntry(source, pickle)));
  const value = parsePickle(
    cursor,
    torchHooks({
      locate: ({ key }) => {
        const entry = entries.get(`${root}data/${key}`);
        if (entry === undefined) {
          throw new CheckpointError(`the zip archive is damaged: storage ${quoted(key)} is missing`);
        }
        const known = storages.get(key) ?? entryBytes(source, entry);
        storages.set(key, known);
        return known;
      },
      onClosed: closed.add,
    }),
  );
  if (!entries.has(`${root}constants.pkl`))
    return { format: "torch-zip", metadata: {}, ...opened(value, closed) };
  const scripted = opened(scriptedTensors(value), closed);
  return {
    format: "torch-zip",
    metadata: {},
    root: scripted.root,
    converted: [...scripted.converted, "a TorchScript archive: its tensors were read, its program was not"],
    closed: new Map([...closed.names].filter(([name]) => !name.startsWith("__torch__."))),
  };
}

/** Its bytes by position. The checksum is verified once, at the first read: many tensors may share a storage. */
function entryBytes(source: Source, entry: ZipEntry): StorageBytes {
  if (entry.deflated) {
    let bytes: Source | undefined;
    const unpacked = () => {
      bytes ??= memorySource(readZipEntry(source, entry));
      return bytes;
    };
    return { size: () => entry.size, readInto: (target, offset) => unpacked().readInto(target, offset) };
  }
  let start: number | undefined;
  const verified = () => {
    if (start === undefined) verifyStored(source, entry);
    start ??= dataOffset(source, entry);
    return start;
  };
  return {
    size: () => entry.size,
    readInto: (target, offset) => source.readInto(target, verified() + offset),
  };
}
