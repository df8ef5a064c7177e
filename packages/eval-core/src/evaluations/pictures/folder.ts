/** The pictures of any folder, searched to any depth: those that decode, by their path. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { DatasetError } from "../../datasets/index.ts";
import { decodeRgb, ImageError } from "../../images/index.ts";
import { slugOf } from "../../tensor/index.ts";
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

/** @throws DatasetError where there is no such folder, or nothing in it decodes */
export async function openFolder({ images, limit }: PictureOptions): Promise<PictureData> {
  if (images === undefined) throw new DatasetError("say which folder of pictures: --images DIR");
  const folder = resolve(images);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new DatasetError(`--images ${images}: there is no such folder`);
  const found: (Picture & { readonly sha256: string })[] = [];
  const undecoded: string[] = [];
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  for (const id of filesBelow(folder)) {
    if (found.length >= most) break;
    const file = join(folder, id);
    try {
      const bytes = readFileSync(file);
      await decodeRgb(bytes, file);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      found.push({ id, sha256, load: () => decodeRgb(file) });
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      undecoded.push(id);
    }
  }
  if (found.length === 0) {
    throw new DatasetError(
      `${images} holds no picture that can be read (${undecoded.length} other files): expected JPEG, PNG, WebP, BMP, GIF, TIFF or Netpbm`,
    );
  }
  const manifest = createHash("sha256")
    .update(JSON.stringify(found.map(({ sha256 }) => sha256)))
    .digest("hex");
  // Fewer pictures are another set of them, with a column of its own.
  const part = limit > 0 ? ` first ${found.length}` : "";
  const name = slugOf(`${basename(folder)}${part}`, "pictures");
  return {
    name,
    title: `${basename(folder)}${part && `,${part}`}`,
    origin: { splitRule: "none", missing: [] },
    manifestHash: async () => manifest,
    rule: () => ({ rule: "files of a folder that decode, by path", manifest }),
    isReduced: limit > 0,
    count: found.length,
    pictures: () => found,
    notes:
      undecoded.length === 0
        ? []
        : [
            `${undecoded.length} files of ${images} are no pictures that can be read: ${undecoded.slice(0, 3).join(", ")}`,
          ],
  };
}
