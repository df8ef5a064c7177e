/**
 * The first frame of a GIF, as Pillow gives it: a transparent pixel keeps its palette colour (libvips makes it
 * black), and the screen around a smaller frame has the transparent index, or 0.
 */
import { ImageError, type RgbImage, rgbImage } from "./image.ts";

export function isGif(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  return start === "GIF87a" || start === "GIF89a";
}

/** Bytes in order; a read past the end is a truncated file. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  at = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  fail(problem: string): never {
    throw new ImageError(this.#name, problem);
  }

  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.at, this.at + length);
    if (taken.length < length) this.fail("the GIF ends in its first frame; the file is truncated");
    this.at += length;
    return taken;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint16(): number {
    return this.byte() | (this.byte() << 8);
  }

  /** Sub-blocks up to the empty one, joined. */
  blocks(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let length = this.byte(); length > 0; length = this.byte()) parts.push(this.take(length));
    return Buffer.concat(parts);
  }

  /** The colour table that a packed byte announces: 2^(n+1) entries when its top bit is set. */
  palette(packed: number): Uint8Array | undefined {
    return packed & 0x80 ? this.take(3 * 2 ** ((packed & 7) + 1)) : undefined;
  }
}

const LONGEST_CODE = 12;
/** More than any photograph: a screen that a few damaged bytes claim must not fill the memory. */
const MOST_PIXELS = 2 ** 28;

/** Fills `out` with LZW's output; answers how many values came out. */
function unpack(data: Uint8Array, literalBits: number, out: Uint8Array): number {
  const clear = 1 << literalBits;
  const end = clear + 1;
  const prefix = new Uint16Array(1 << LONGEST_CODE);
  const suffix = new Uint8Array(1 << LONGEST_CODE);
  const stack = new Uint8Array((1 << LONGEST_CODE) + 1);
  let width = literalBits + 1;
  let next = clear + 2;
  let previous = -1;
  let first = 0;
  let written = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; written < out.length; ) {
    while (held < width) {
      if (at === data.length) return written;
      bits |= data[at++]! << held;
      held += 8;
    }
    const code = bits & ((1 << width) - 1);
    bits >>>= width;
    held -= width;
    if (code === clear) {
      width = literalBits + 1;
      next = clear + 2;
      previous = -1;
      continue;
    }
    if (code === end || code > next || (code === next && previous < 0)) return written;
    let depth = 0;
    let walk = code;
    // The one code that is used before it is known stands for the previous string and its own first value.
    if (code === next) {
      stack[depth++] = first;
      walk = previous;
    }
    while (walk >= clear) {
      stack[depth++] = suffix[walk]!;
      walk = prefix[walk]!;
    }
    first = walk;
    stack[depth++] = walk;
    while (depth > 0 && written < out.length) out[written++] = stack[--depth]!;
    if (previous >= 0 && next < 1 << LONGEST_CODE) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 1 << width && width < LONGEST_CODE) width++;
    }
    previous = code;
  }
  return written;
}

/** Rows in the order they are stored: all, or in four interlaced passes. */
function rowOrder(height: number, interlaced: boolean): number[] {
  if (!interlaced) return Array.from({ length: height }, (_, y) => y);
  const passes: readonly (readonly [start: number, step: number])[] = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ];
  const order: number[] = [];
  for (const [start, step] of passes) for (let y = start; y < height; y += step) order.push(y);
  return order;
}

/** @throws ImageError when the file ends before the first frame does, or holds none */
export function decodeGif(bytes: Uint8Array, name: string): RgbImage {
  const reader = new Reader(bytes, name);
  reader.take(6);
  const screen = { width: reader.uint16(), height: reader.uint16() };
  const packed = reader.byte();
  reader.take(2);
  const globalPalette = reader.palette(packed);
  let transparent = 0;
  for (;;) {
    const kind = reader.byte();
    if (kind === 0x21) {
      const label = reader.byte();
      const content = reader.blocks();
      // A graphic control extension: flags, two bytes of delay, the transparent index.
      if (label === 0xf9 && content.length >= 4 && content[0]! & 1) transparent = content[3]!;
    } else if (kind === 0x2c) break;
    else if (kind === 0x3b) reader.fail("the GIF holds no image");
    else reader.fail(`the GIF is damaged: an unknown block ${kind}`);
  }
  const [left, top, frameWidth, frameHeight] = [
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
  ];
  const flags = reader.byte();
  const palette = reader.palette(flags) ?? globalPalette;
  const literalBits = reader.byte();
  // A frame that reaches out of the screen makes it larger.
  const width = Math.max(screen.width, left + frameWidth);
  const height = Math.max(screen.height, top + frameHeight);
  if (width === 0 || height === 0 || literalBits < 1 || literalBits > 8)
    reader.fail("the GIF's header is damaged");
  if (width * height > MOST_PIXELS) reader.fail(`the GIF claims ${width} x ${height} pixels`);
  const frame = new Uint8Array(frameWidth * frameHeight);
  const written = unpack(reader.blocks(), literalBits, frame);
  if (written < frame.length) {
    reader.fail(`the GIF's first frame has ${written} of its ${frame.length} pixels; the file is damaged`);
  }
  const indices = new Uint8Array(width * height).fill(transparent);
  rowOrder(frameHeight, (flags & 0x40) !== 0).forEach((y, stored) => {
    const row = frame.subarray(stored * frameWidth, (stored + 1) * frameWidth);
    indices.set(row, (top + y) * width + left);
  });
  const data = new Uint8Array(width * height * 3);
  indices.forEach((index, i) => {
    // Without any palette the indices are grey levels.
    for (let c = 0; c < 3; c++) data[i * 3 + c] = palette ? (palette[index * 3 + c] ?? 0) : index;
  });
  return rgbImage(width, height, data);
}
