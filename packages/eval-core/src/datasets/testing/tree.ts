/** Folders of small files for tests of the readers: images are made here, none is anyone's. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { onTestFinished } from "vitest";

/** Stands for a small JPEG of its own. */
export const image = Symbol("image");
/** Path inside the tree -> its text, bytes or `image`. */
export type Tree = Readonly<Record<string, string | Uint8Array | typeof image>>;

/** A JPEG of 6 x 4 pixels of one colour. */
export async function tinyJpeg(seed: number): Promise<Uint8Array> {
  const background = { r: (seed * 53) % 256, g: (seed * 97) % 256, b: (seed * 193) % 256 };
  return sharp({ create: { width: 6, height: 4, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

export async function writeTree(root: string, tree: Tree): Promise<void> {
  let seed = 0;
  for (const [path, content] of Object.entries(tree)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content === image ? await tinyJpeg(seed++) : content);
  }
}

/** `paths` as images. */
export function images(...paths: readonly string[]): Record<string, typeof image> {
  return Object.fromEntries(paths.map((path) => [path, image]));
}

/** A temporary folder that is gone when the running test has finished. */
export async function temporaryTree(tree: Tree): Promise<{ readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "transferboard-dataset-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  await writeTree(path, tree);
  return { path };
}
