/** The text entries in the header of a .safetensors file, without its tensors. */
import { closeSync, openSync, readSync } from "node:fs";

export function readSafetensorsMetadata(path: string): Readonly<Record<string, string>> {
  const file = openSync(path, "r");
  try {
    const length = Buffer.alloc(8);
    readSync(file, length, 0, 8, 0);
    const header = Buffer.alloc(Number(length.readBigUInt64LE()));
    readSync(file, header, 0, header.length, 8);
    const parsed = JSON.parse(header.toString("utf8")) as { __metadata__?: Record<string, string> };
    return parsed.__metadata__ ?? {};
  } finally {
    closeSync(file);
  }
}
