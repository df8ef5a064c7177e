/** An image's file and what goes wrong with it, in one sentence. */
import { readFile } from "node:fs/promises";
import { ImageError } from "./image.ts";

/**
 * @param name what to call the file in an error
 * @throws ImageError where it is missing or cannot be read
 */
export async function bytesOfFile(path: string, name = path): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new ImageError(name, error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`, {
      cause: error,
    });
  });
}

/** libvips' message, cut to its first line. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/[:\s]+$/, "");
}
