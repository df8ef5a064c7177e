import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../errors.ts";
import { memorySource } from "../source.ts";
import { readZipDirectory, readZipEntry } from "./zip.ts";

const files = {
  "a/data.pkl": Buffer.from("hello"),
  "a/data/0": new Uint8Array(300).fill(7),
  "a/empty": new Uint8Array(0),
};

function read(bytes: Uint8Array): Record<string, Uint8Array> {
  const source = memorySource(bytes);
  return Object.fromEntries(
    [...readZipDirectory(source)].map(([name, entry]) => [name, readZipEntry(source, entry)]),
  );
}

/** The same archive with every size and offset in ZIP64 records, as archives beyond 4 GiB have them. */
function widened(bytes: Uint8Array): Uint8Array {
  const end = Buffer.from(bytes.subarray(bytes.length - 22));
  const start = end.readUInt32LE(16);
  const directory = Buffer.from(bytes.subarray(start, start + end.readUInt32LE(12)));
  const entries: Buffer[] = [];
  for (let at = 0; at < directory.length; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    const head = Buffer.from(directory.subarray(at, at + 46));
    const extra = Buffer.alloc(4 + 4 + 4 + 24);
    extra.writeUInt16LE(0x7777, 0); // a field of someone else's comes first
    extra.writeUInt16LE(4, 2);
    extra.writeUInt16LE(1, 8);
    extra.writeUInt16LE(24, 10);
    [24, 20, 42].forEach((field, i) => {
      extra.writeBigUInt64LE(BigInt(head.readUInt32LE(field)), 12 + i * 8);
      head.writeUInt32LE(0xffffffff, field);
    });
    head.writeUInt16LE(extra.length, 30);
    head.writeUInt16LE(0, 32);
    entries.push(head, Buffer.from(directory.subarray(at + 46, at + 46 + nameLength)), extra);
    at = next;
  }
  const wideDirectory = Buffer.concat(entries);
  const wideEnd = Buffer.alloc(56);
  wideEnd.writeUInt32LE(0x06064b50, 0);
  wideEnd.writeBigUInt64LE(44n, 4);
  wideEnd.writeBigUInt64LE(BigInt(end.readUInt16LE(10)), 32);
  wideEnd.writeBigUInt64LE(BigInt(wideDirectory.length), 40);
  wideEnd.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + wideDirectory.length), 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffffffff, 12);
  end.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([bytes.subarray(0, start), wideDirectory, wideEnd, locator, end]);
}

describe("what is read", () => {
  it.each([0, 9] as const)("entries at compression level %s", (level) => {
    expect(read(zipSync(files, { level }))).toEqual(
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, new Uint8Array(bytes)])),
    );
  });

  it("ZIP64 archives", () => {
    const bytes = zipSync(files, { level: 0 });
    expect(read(widened(bytes))).toEqual(read(bytes));
  });

  it("archives with a comment behind them", () => {
    const bytes = zipSync(files);
    const comment = Buffer.from("made by hand");
    const end = Buffer.from(bytes);
    end.writeUInt16LE(comment.length, end.length - 2);
    expect(Object.keys(read(Buffer.concat([end, comment])))).toEqual(Object.keys(files));
  });
});

describe("what is refused", () => {
  const bytes = Buffer.from(zipSync(files, { level: 0 }));
  const directory = bytes.readUInt32LE(bytes.length - 6);
  const changed = (change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    change(copy);
    return copy;
  };
  it.each<[string, Buffer, RegExp]>([
    ["encryption", changed((b) => b.writeUInt16LE(1, directory + 8)), /'a\/data\.pkl' is encrypted/],
    ["another compression", changed((b) => b.writeUInt16LE(93, directory + 10)), /method 93/],
    [
      "more entries than there are",
      changed((b) => b.writeUInt16LE(9, b.length - 12)),
      /entry 3 of 9 is not in its directory/,
    ],
    [
      "an entry outside the file",
      changed((b) => b.writeUInt32LE(0x7fffffff, directory + 42)),
      /leaves the file/,
    ],
    [
      "an entry that is elsewhere",
      changed((b) => b.writeUInt32LE(3, directory + 42)),
      /not where it should be/,
    ],
    [
      "a directory outside the file",
      changed((b) => b.writeUInt32LE(0x7fffffff, b.length - 6)),
      /truncated or damaged: the zip archive's directory/,
    ],
    [
      "a ZIP64 locator that is missing",
      changed((b) => b.writeUInt16LE(0xffff, b.length - 12)),
      /ZIP64 directory is missing/,
    ],
  ])("%s", (_, damaged, message) => {
    expect(() => read(damaged)).toThrow(CheckpointError);
    expect(() => read(damaged)).toThrow(message);
  });
});
