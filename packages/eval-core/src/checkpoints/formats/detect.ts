/** Telling a checkpoint's format by its first bytes; its name says little (MoCo's .pth.tar is no archive). */
import { CheckpointError } from "../errors.ts";
import { readBytes, type Source } from "../source.ts";
import type { Format } from "../stored.ts";

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** What else people hand over, and what to do about it. */
const foreign: readonly (readonly [(start: string) => boolean, string])[] = [
  [
    (s) => s.startsWith("version https://git-lfs"),
    "a Git LFS pointer, not the file itself: run git lfs pull",
  ],
  [(s) => /^\s*<(!doctype|html)/i.test(s), "a web page: the download answered with a page, not the file"],
  [
    (s) => ["\x1f\x8b", "BZh", "\xfd7zXZ"].some((magic) => s.startsWith(magic)),
    "compressed: unpack it first",
  ],
  [(s) => s.startsWith("\x89HDF"), "an HDF5 file (Keras): convert it to PyTorch first"],
  [(s) => s.startsWith("\x93NUMPY"), "a NumPy array: a checkpoint holds many"],
  [
    (s) => s.slice(257, 262) === "ustar",
    "a tar archive: unpack it first, or, if torch before 0.1.10 wrote it, load and save it again with a newer one",
  ],
  [
    (s) => s.charCodeAt(0) === 0x80 && s.charCodeAt(1) <= 5,
    "a Python pickle, but not one of torch.save's: only files of torch.save are read",
  ],
];

/** torch.save's magic number, 0x1950a86a20f9469cfc6c: as LONG1 of 10 bytes, and as protocols 0 and 1 write it. */
const LONG_MAGIC = "\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19";
const TEXT_MAGIC = "L119547037146038801333356L";

/** Whether the first value of a pickle is the magic number. Protocols 4 and 5 may put FRAME and its length before it. */
function startsAsLegacy(start: string): boolean {
  if (start.startsWith(TEXT_MAGIC)) return true;
  const protocol = start.charCodeAt(1);
  if (start[0] !== "\x80" || protocol < 2 || protocol > 5) return false;
  return start.startsWith(LONG_MAGIC, start[2] === "\x95" ? 11 : 2);
}

/** A ModelProto: ir_version as its first field, then another of its fields, all of length-prefixed or varint type. */
function startsAsOnnx(bytes: Uint8Array): boolean {
  const [tag, version, next] = bytes;
  if (tag !== 0x08 || version === undefined || version < 1 || version > 32 || next === undefined)
    return false;
  return (next & 7) === 2 || next === 0x28;
}

/** @throws CheckpointError saying what the file is instead. */
export function detectFormat(source: Source): Format {
  if (source.size === 0) throw new CheckpointError("the file is empty");
  const bytes = readBytes(source, 0, Math.min(512, source.size), "its start");
  const start = latin(bytes);
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06")) return "torch-zip";
  if (startsAsLegacy(start)) return "torch-legacy";
  if (source.size >= 9 && start[8] === "{") return "safetensors";
  for (const [test, what] of foreign) if (test(start)) throw new CheckpointError(`is ${what}`);
  if (startsAsOnnx(bytes)) return "onnx";
  throw new CheckpointError(
    "is of no known format: expected a file of torch.save (.pth, .pt, .pth.tar), .safetensors or .onnx",
  );
}
