/** The pictures of any folder, searched to any depth: those that decode, by their path. */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { DatasetError, someOf } from "../../datasets/index.ts";
import { bytesOfFile, decodeRgb, ImageError } from "../../images/index.ts";
import { slugOf } from "../../tensor/index.ts";
import type { JsonRecord } from "../evaluation.ts";
import type { Picture, PictureData, PictureOptions } from "./data.ts";

/** Every file below, by its path inside with "/" between the parts, in the order of code units. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join("/"),
    )
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort((a, b) => (a < b ? -1 : Number(a > b)));
}

/** What a protocol says of the choice of pictures. @param manifest over the SHA-256 of each file, in order */
export const folderRule = (manifest: string): JsonRecord => ({
  rule: "files of a folder that decode, by path",
  manifest,
});

const countOf = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

type Named = Picture & { readonly sha256: string };

/** A picture that decodes, under the hash of its file. @throws ImageError */
async function named(folder: string, id: string): Promise<Named> {
  const file = join(folder, id);
  const read = await bytesOfFile(file);
  await decodeRgb(read, file);
  const sha256 = sha256Of(read);
  return {
    id,
    sha256,
    async load() {
      const bytes = await bytesOfFile(file);
      if (sha256Of(bytes) !== sha256)
        throw new ImageError(file, "it is not the file that it was when the evaluation began");
      return decodeRgb(bytes, file);
    },
  };
}

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** @throws DatasetError where there is no such folder, or nothing in it decodes */
export async function openFolder({ images, limit }: PictureOptions): Promise<PictureData> {
  if (images === undefined) throw new DatasetError("say which folder of pictures: --images DIR");
  const folder = resolve(images);
  const place = statSync(folder, { throwIfNoEntry: false });
  if (!place?.isDirectory()) {
    const what = place ? "this is a file: give the folder that it is in" : "there is no such folder";
    throw new DatasetError(`--images ${images}: ${what}`);
  }
  const found: Named[] = [];
  const undecoded: string[] = [];
  // One more than asked for tells whether those are a part of the folder.
  for (const id of filesBelow(folder)) {
    if (limit > 0 && found.length > limit) break;
    try {
      found.push(await named(folder, id));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      undecoded.push(id);
    }
  }
  const isPart = limit > 0 && found.length > limit;
  if (isPart) found.pop();
  if (found.length === 0) {
    throw new DatasetError(
      `${images} holds no picture that can be read (${countOf(undecoded.length, "other file")}): expected JPEG, PNG, WebP, BMP, GIF, TIFF or Netpbm`,
    );
  }
  const manifest = createHash("sha256")
    .update(JSON.stringify(found.map(({ sha256 }) => sha256)))
    .digest("hex");
  // Fewer pictures are another set of them, with a column of its own.
  const part = isPart ? ` first ${found.length}` : "";
  const name = slugOf(`${basename(folder)}${part}`, "pictures");
  return {
    name,
    title: `${basename(folder)}${part && `,${part}`}`,
    origin: { splitRule: "none", missing: [] },
    manifestHash: async () => manifest,
    rule: () => folderRule(manifest),
    isReduced: isPart,
    count: found.length,
    pictures: () => found,
    notes:
      undecoded.length === 0
        ? []
        : [
            `${countOf(undecoded.length, "file")} of ${images} ${undecoded.length === 1 ? "is no picture" : "are no pictures"} that can be read: ${someOf(undecoded, 3)}`,
          ],
  };
}
