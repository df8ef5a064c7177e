/**
 * Reading single entries of a zip archive, stored or deflated, ZIP64 too. Entries are found through the central
 * directory; nothing is unpacked that is not asked for.
 * Format: PKWARE's APPNOTE 6.3.
 */
import { crc32, inflateRawSync } from "node:zlib";
import { CheckpointError, quoted } from "../errors.ts";
import { readBytes, type Source } from "../source.ts";

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly deflated: boolean;
  readonly headerOffset: number;
  /** Of the unpacked bytes, as the directory has it. */
  readonly crc32: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 1_000_000;
/** How much of an entry is held while its checksum is made. */
const CHUNK = 2 ** 22;
/** Deflate cannot shrink by more; an entry that claims to is a bomb or damaged. */
const DEFLATE_AT_MOST = 1032;

/** @throws CheckpointError when the archive is truncated or its directory does not fit the file. */
export function readZipDirectory(source: Source): Map<string, ZipEntry> {
  const { count, offset, size } = findDirectory(source);
  if (count > MOST_ENTRIES)
    throw new CheckpointError(`the zip archive claims ${count} entries: not a checkpoint`);
  const bytes = readBytes(source, offset, size, "the zip archive's directory");
  const view = new DataView(bytes.buffer);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw new CheckpointError(`the zip archive is damaged: entry ${i} of ${count} is not in its directory`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > size) throw new CheckpointError(`the zip archive is damaged: entry ${i} leaves its directory`);
    const name = Buffer.from(bytes.buffer, at + 46, nameLength).toString("utf8");
    const wide = zip64Fields(view, at + 46 + nameLength, extraLength, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const method = view.getUint16(at + 10, true);
    if ((view.getUint16(at + 8, true) & 1) !== 0) {
      throw new CheckpointError(`the zip archive's entry ${quoted(name)} is encrypted`);
    }
    if (method !== 0 && method !== 8) {
      throw new CheckpointError(
        `the zip archive's entry ${quoted(name)} is compressed by method ${method}: only stored and deflated are read`,
      );
    }
    const entry = {
      name,
      size: wide[0],
      compressedSize: wide[1],
      headerOffset: wide[2],
      deflated: method === 8,
      crc32: view.getUint32(at + 16, true),
    };
    checkSizes(entry, source);
    // Which of two is meant, nobody can tell: one of them may be a damaged name.
    if (entries.has(name)) {
      throw new CheckpointError(`the zip archive is damaged: it has two entries ${quoted(name)}`);
    }
    entries.set(name, entry);
    at = next;
  }
  return entries;
}

function checkSizes(entry: ZipEntry, source: Source): void {
  const { name, size, compressedSize, headerOffset, deflated } = entry;
  if (headerOffset + compressedSize > source.size) {
    throw new CheckpointError(`the zip archive is damaged: entry ${quoted(name)} leaves the file`);
  }
  if (deflated ? size > compressedSize * DEFLATE_AT_MOST + 64 : size !== compressedSize) {
    throw new CheckpointError(
      `the zip archive's entry ${quoted(name)} claims ${size} bytes out of ${compressedSize}: damaged, or made to fill the memory`,
    );
  }
}

interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

function findDirectory(source: Source): Directory {
  const tailSize = Math.min(source.size, END_SIZE + LONGEST_COMMENT);
  const tailStart = source.size - tailSize;
  const tail = readBytes(source, tailStart, tailSize, "the end of the zip archive");
  const view = new DataView(tail.buffer);
  for (let at = tailSize - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_OF_DIRECTORY) continue;
    if (at + END_SIZE + view.getUint16(at + 20, true) !== tailSize) continue;
    const directory = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const wide =
      directory.count === 0xffff || directory.size === 0xffffffff || directory.offset === 0xffffffff;
    return wide ? findWideDirectory(source, tailStart + at) : directory;
  }
  throw new CheckpointError(
    "the file is truncated: it begins as a zip archive, as torch.save writes it, but the archive's end is missing; fetch it again",
  );
}

function findWideDirectory(source: Source, end: number): Directory {
  const locator = readBytes(source, end - 20, 20, "the zip archive's ZIP64 locator");
  const locatorView = new DataView(locator.buffer);
  if (locatorView.getUint32(0, true) !== ZIP64_LOCATOR) {
    throw new CheckpointError("the zip archive is damaged: its ZIP64 directory is missing");
  }
  const at = Number(locatorView.getBigUint64(8, true));
  const view = new DataView(readBytes(source, at, 56, "the zip archive's ZIP64 directory").buffer);
  if (view.getUint32(0, true) !== ZIP64_END) {
    throw new CheckpointError("the zip archive is damaged: its ZIP64 directory is missing");
  }
  return {
    count: Number(view.getBigUint64(32, true)),
    size: Number(view.getBigUint64(40, true)),
    offset: Number(view.getBigUint64(48, true)),
  };
}

/** Size, compressed size and offset, each taken from the ZIP64 extra field where its 32 bits are all ones. */
function zip64Fields(
  view: DataView,
  start: number,
  length: number,
  narrow: readonly [number, number, number],
): [number, number, number] {
  const fields: [number, number, number] = [...narrow];
  for (let at = start; at + 4 <= start + length; ) {
    const id = view.getUint16(at, true);
    const end = Math.min(at + 4 + view.getUint16(at + 2, true), start + length);
    if (id === 1) {
      let value = at + 4;
      for (let i = 0; i < 3; i++) {
        if (narrow[i] !== 0xffffffff || value + 8 > end) continue;
        fields[i] = Number(view.getBigUint64(value, true));
        value += 8;
      }
    }
    at = end === at ? at + 4 : Math.max(end, at + 4);
  }
  return fields;
}

/** Where an entry's bytes begin: its local header may be longer than the directory says. */
export function dataOffset(source: Source, entry: ZipEntry): number {
  const header = readBytes(source, entry.headerOffset, 30, `the header of zip entry ${quoted(entry.name)}`);
  const view = new DataView(header.buffer);
  if (view.getUint32(0, true) !== LOCAL_HEADER) {
    throw new CheckpointError(
      `the zip archive is damaged: entry ${quoted(entry.name)} is not where it should be`,
    );
  }
  const offset = entry.headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (offset + entry.compressedSize > source.size) {
    throw new CheckpointError(`the zip archive is damaged: entry ${quoted(entry.name)} leaves the file`);
  }
  return offset;
}

/** A whole entry in memory, unpacked, its checksum verified. */
export function readZipEntry(source: Source, entry: ZipEntry): Uint8Array {
  const raw = readBytes(
    source,
    dataOffset(source, entry),
    entry.compressedSize,
    `zip entry ${quoted(entry.name)}`,
  );
  const bytes = entry.deflated ? inflate(raw, entry) : raw;
  checkChecksum(entry, crc32(bytes));
  return bytes;
}

function inflate(raw: Uint8Array, entry: ZipEntry): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(raw, { maxOutputLength: Math.max(1, entry.size) });
  } catch {
    throw new CheckpointError(`the zip archive is damaged: entry ${quoted(entry.name)} cannot be unpacked`);
  }
  if (bytes.length !== entry.size) {
    throw new CheckpointError(
      `the zip archive is damaged: entry ${quoted(entry.name)} unpacks to ${bytes.length} bytes instead of ${entry.size}`,
    );
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Verifies a stored entry without holding it: for entries whose bytes are read in parts.
 * @throws CheckpointError where its bytes are not those that were written.
 */
export function verifyStored(source: Source, entry: ZipEntry): void {
  const start = dataOffset(source, entry);
  const chunk = new Uint8Array(Math.min(CHUNK, entry.size));
  let checksum = 0;
  for (let at = 0; at < entry.size; at += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, entry.size - at));
    source.readInto(part, start + at);
    checksum = crc32(part, checksum);
  }
  checkChecksum(entry, checksum);
}

function checkChecksum({ name, crc32: written }: ZipEntry, found: number): void {
  if (found === written) return;
  const hex = (value: number) => value.toString(16).padStart(8, "0");
  throw new CheckpointError(
    `the zip archive is damaged: entry ${quoted(name)} has the checksum ${hex(written)}, its bytes give ${hex(found)}; fetch the file again`,
  );
}
