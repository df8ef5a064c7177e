/**
 * Maps and labels of training pictures on disk, a record of equal size a picture, read in any order: 20,210 maps in float16 are
 * gigabytes. A killed run goes on behind the last whole record.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { float16ToFloat32, float32ToFloat16 } from "../../tensor/index.ts";

export class PictureStore {
  readonly #file: number;
  readonly #bytes: number;
  readonly #temporary: string | undefined;
  #count: number;

  /** @param folder where it is kept; undefined: in a temporary one, that goes when it is closed. @param bytes of a record */
  constructor(folder: string | undefined, bytes: number) {
    this.#temporary = folder === undefined ? mkdtempSync(join(tmpdir(), "pictures-")) : undefined;
    const place = folder ?? this.#temporary!;
    mkdirSync(place, { recursive: true });
    this.#file = openSync(join(place, "pictures.bin"), "a+");
    this.#bytes = bytes;
    this.#count = Math.floor(fstatSync(this.#file).size / bytes);
    ftruncateSync(this.#file, this.#count * bytes);
  }

  /** Records that are whole. */
  get count(): number {
    return this.#count;
  }

  append(record: Uint8Array): void {
    if (record.length !== this.#bytes)
      throw new RangeError(`a picture takes ${this.#bytes} bytes here, found ${record.length}`);
    for (let done = 0; done < record.length; ) done += writeSync(this.#file, record, done);
    this.#count++;
  }

  read(index: number): Uint8Array {
    const record = new Uint8Array(this.#bytes);
    for (let done = 0; done < record.length; ) {
      const got = readSync(this.#file, record, done, record.length - done, index * this.#bytes + done);
      if (got === 0) throw new RangeError(`picture ${index} is not in the store: it holds ${this.#count}`);
      done += got;
    }
    return record;
  }

  close(): void {
    closeSync(this.#file);
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }
}

export interface StoredPicture {
  readonly map: Float32Array;
  readonly labels: Uint8Array;
}

/** A map in float16, then its labels a byte a pixel. */
export function recordOf({ map, labels }: StoredPicture): Uint8Array {
  const record = new Uint8Array(2 * map.length + labels.length);
  const halves = new Uint16Array(record.buffer, 0, map.length);
  for (let i = 0; i < map.length; i++) halves[i] = float32ToFloat16(map[i]!);
  record.set(labels, 2 * map.length);
  return record;
}

/** @param size numbers of a map. @param into the map's values */
export function pictureOf(record: Uint8Array, size: number, into: Float32Array): Uint8Array {
  const halves = new Uint16Array(record.buffer, record.byteOffset, size);
  for (let i = 0; i < size; i++) into[i] = float16ToFloat32(halves[i]!);
  return record.subarray(2 * size);
}
