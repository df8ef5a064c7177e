/** Reading a pickle's bytes in order, from a source that may be much longer than the pickle. */
import { CheckpointError } from "../errors.ts";
import { readBytes, type Source } from "../source.ts";

const WINDOW = 2 ** 16;

export class Cursor {
  readonly #source: Source;
  readonly #end: number;
  #window = new Uint8Array(0);
  #windowStart = 0;
  position: number;

  constructor(source: Source, start = 0, end = source.size) {
    this.#source = source;
    this.#end = end;
    this.position = start;
  }

  /** `length` bytes that belong to the caller. */
  bytes(length: number): Uint8Array {
    const at = this.#need(length);
    return at === undefined ? this.#direct(length) : this.#window.slice(at, at + length);
  }

  uint8(): number {
    const at = this.#need(1)!;
    this.position++;
    return this.#window[at]!;
  }

  uint16(): number {
    return this.uint8() | (this.uint8() << 8);
  }

  int32(): number {
    return this.uint16() | (this.uint16() << 16);
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** Lengths beyond 2^53 cannot be meant: they fail as too long for the file. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 2 ** 32;
  }

  float64BigEndian(): number {
    const bytes = this.take(8);
    return new DataView(bytes.buffer).getFloat64(0, false);
  }

  /** As `bytes`, and moves on. */
  take(length: number): Uint8Array {
    const taken = this.bytes(length);
    this.position += length;
    return taken;
  }

  text(length: number): string {
    return Buffer.from(this.take(length)).toString("utf8");
  }

  /** Up to a line feed, which is not part of the answer; no line of a pickle that torch writes is long. */
  line(longest = 65_536): string {
    const bytes: number[] = [];
    for (;;) {
      const byte = this.uint8();
      if (byte === 0x0a) return Buffer.from(bytes).toString("utf8");
      bytes.push(byte);
      if (bytes.length > longest) {
        throw new CheckpointError(`the pickle is damaged: a line of more than ${longest} bytes`);
      }
    }
  }

  /** Where `length` bytes from the position on lie in the window; undefined when they exceed a window. */
  #need(length: number): number | undefined {
    if (!(this.position + length <= this.#end)) {
      throw new CheckpointError(
        `the file is truncated or damaged: its pickle needs ${length} bytes at byte ${this.position}, and ends at ${this.#end}`,
      );
    }
    const at = this.position - this.#windowStart;
    if (at >= 0 && at + length <= this.#window.length) return at;
    if (length > WINDOW) return undefined;
    this.#window = this.#direct(Math.min(WINDOW, this.#end - this.position));
    this.#windowStart = this.position;
    return 0;
  }

  #direct(length: number): Uint8Array<ArrayBuffer> {
    return readBytes(this.#source, this.position, length, "its pickle") as Uint8Array<ArrayBuffer>;
  }
}
