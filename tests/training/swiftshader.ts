/**
 * A graphics adapter in software, for machines without one: the Vulkan driver that the npm package @sparticuz/chromium
 * carries, unpacked once into the system's folder for temporary files.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const FILES = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];

/** The environment that makes a child process find the driver; or why it cannot be had here. */
export function swiftShader(): { readonly env: NodeJS.ProcessEnv } | { readonly missing: string } {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { missing: `the driver is for linux x64, this is ${process.platform} ${process.arch}` };
  let archive: string;
  try {
    const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    archive = findUp(dirname(main), join("bin", "swiftshader.tar.br"));
  } catch (error) {
    return { missing: `@sparticuz/chromium does not carry it here (${(error as Error).message})` };
  }
  const folder = join(tmpdir(), ".transferboard", "swiftshader");
  if (!FILES.every((file) => existsSync(join(folder, file)))) unpack(archive, folder);
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  const driver = join(folder, "vk_swiftshader_icd.json");
  return { env: { ...process.env, LD_LIBRARY_PATH: libraries, VK_ICD_FILENAMES: driver } };
}

function findUp(from: string, file: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, file);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) throw new Error(`no ${file} above ${from}`);
  }
}

/** Reads the few plain files of a tar archive; another process that does the same meanwhile does no harm. */
function unpack(archive: string, folder: string): void {
  const tar = brotliDecompressSync(readFileSync(archive));
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = tar
      .toString("utf8", at, at + 100)
      .replace(/\0.*$/s, "")
      .replace(/^[.]\//, "");
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
    if (FILES.includes(name))
      writeFileSync(join(fresh, name), tar.subarray(at + 512, at + 512 + size), { mode: 0o755 });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(fresh, folder);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
}
