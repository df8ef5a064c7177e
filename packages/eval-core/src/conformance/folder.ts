/**
 * A folder of golden inputs and outputs. Any file may be stored gzipped beside its name (`x.npy.gz` for `x.npy`):
 * the shipped goldens are, those that another framework wrote a minute ago need not be.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type AnyTensor, type DType, readNpy } from "../tensor/index.ts";

export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
}

export class GoldenFolder implements Disposable {
  readonly path: string;
  /** Where gzipped files are unpacked that a reader wants by path; shared with the folders within. */
  readonly #unpacked: { folder: string | undefined };

  constructor(path: string, unpacked: { folder: string | undefined } = { folder: undefined }) {
    if (!existsSync(path)) throw new ConformanceError(`${path}: there is no such folder of goldens`);
    this.path = path;
    this.#unpacked = unpacked;
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name)) || existsSync(join(this.path, `${name}.gz`));
  }

  /** Names of the files and folders within, without ".gz", sorted. */
  names(): string[] {
    return [...new Set(readdirSync(this.path).map((name) => name.replace(/[.]gz$/, "")))].sort();
  }

  folder(name: string): GoldenFolder {
    return new GoldenFolder(join(this.path, name), this.#unpacked);
  }

  /** @throws ConformanceError where neither the file nor its gzipped form is there */
  bytes(name: string): Uint8Array {
    const path = join(this.path, name);
    if (existsSync(path)) return readFileSync(path);
    if (existsSync(`${path}.gz`)) return gunzipSync(readFileSync(`${path}.gz`));
    throw new ConformanceError(`${path}: the golden lacks this file`);
  }

  /** A path that readers of files can open; a gzipped file is unpacked for as long as this folder is open. */
  file(name: string): string {
    const path = join(this.path, name);
    if (existsSync(path) || !existsSync(`${path}.gz`)) return path;
    this.#unpacked.folder ??= mkdtempSync(join(tmpdir(), "transferboard-goldens-"));
    const target = join(this.#unpacked.folder, path.replaceAll(/[:\\]/g, "_"));
    if (!existsSync(target)) {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, this.bytes(name));
    }
    return target;
  }

  text(name: string): string {
    return new TextDecoder().decode(this.bytes(name));
  }

  /** The caller says of what form: a golden of another form fails where it is used. */
  json<T>(name: string): T {
    try {
      return JSON.parse(this.text(name)) as T;
    } catch (error) {
      if (error instanceof ConformanceError) throw error;
      throw new ConformanceError(`${join(this.path, name)} is not JSON: ${(error as Error).message}`);
    }
  }

  npy(name: string): AnyTensor {
    return readNpy(this.bytes(name));
  }

  /** @throws ConformanceError where the array is of another dtype */
  npyOf<D extends DType>(name: string, dtype: D): Extract<AnyTensor, { dtype: D }> {
    const array = this.npy(name);
    if (array.dtype !== dtype) {
      throw new ConformanceError(`${join(this.path, name)} holds ${array.dtype}: ${dtype} was expected`);
    }
    return array as Extract<AnyTensor, { dtype: D }>;
  }

  /** Removes what was unpacked. Only the folder that was opened by path need be closed. */
  [Symbol.dispose](): void {
    if (this.#unpacked.folder) rmSync(this.#unpacked.folder, { recursive: true, force: true });
    this.#unpacked.folder = undefined;
  }
}
