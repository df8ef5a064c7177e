/**
 * Reads a gzipped pickle that is a dict of large NumPy arrays and small values, without ever holding an array: its bytes go
 * to the caller as they come. Nothing in the file is executed. Python 3's protocols 2 to 5 are read, and Python 2's strings.
 */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { DatasetError } from "../dataset.ts";

export interface StreamedArray {
  /** Its key in the dict. */
  readonly key: string;
  readonly shape: readonly number[];
  /** NumPy's: "f4", "f8". Bytes are little-endian, in C order. */
  readonly dtype: string;
}

export interface ArrayVisitor {
  /** Takes the bytes of an array in pieces, from the first to the last; undefined skips it. */
  array(array: StreamedArray): ((bytes: Buffer) => void | Promise<void>) | undefined;
}

class Truncated extends Error {}

/** Bytes of a stream, as many at a time as asked for. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  position = 0;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Truncated(`it ends after ${this.position} bytes`);
    this.#chunk = value;
    this.#at = 0;
  }

  /** The next piece, of at most `most` bytes and at least one. */
  async piece(most: number): Promise<Buffer> {
    while (this.#at === this.#chunk.length) await this.#more();
    const end = Math.min(this.#chunk.length, this.#at + most);
    const piece = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    this.position += piece.length;
    return piece;
  }

  async take(count: number): Promise<Buffer> {
    if (count > this.#chunk.length - this.#at) {
      const pieces: Buffer[] = [];
      for (let left = count; left > 0; ) {
        const piece = await this.piece(left);
        pieces.push(piece);
        left -= piece.length;
      }
      return Buffer.concat(pieces);
    }
    return this.piece(count);
  }

  async byte(): Promise<number> {
    return (await this.take(1))[0]!;
  }

  async line(): Promise<string> {
    const bytes: number[] = [];
    for (let byte = await this.byte(); byte !== 10; byte = await this.byte()) bytes.push(byte);
    return Buffer.from(bytes).toString("latin1");
  }
}

/** What stands for a callable of the pickle; none is called. */
interface Global {
  readonly global: string;
}
/** What calling it would have made, with what it would have been made of. */
interface Made {
  readonly of: string;
  readonly from: unknown;
}

const isGlobal = (value: unknown): value is Global =>
  typeof value === "object" && value !== null && "global" in value;
const isMade = (value: unknown): value is Made =>
  typeof value === "object" && value !== null && "of" in value;

/** Longer bytes are an array's, and are never held. */
const LONGEST_HELD = 1 << 16;

class PickleStream {
  readonly #bytes: ByteReader;
  readonly #visitor: ArrayVisitor;
  #stack: unknown[] = [];
  readonly #marks: unknown[][] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: ByteReader, visitor: ArrayVisitor) {
    this.#bytes = bytes;
    this.#visitor = visitor;
  }

  async read(): Promise<unknown> {
    for (;;) {
      const code = String.fromCharCode(await this.#bytes.byte());
      if (code === ".") return this.#stack.pop();
      await this.#carryOut(code);
    }
  }

  async #number(width: 1 | 2 | 4 | 8): Promise<number> {
    const bytes = await this.#bytes.take(width);
    return width === 8 ? Number(bytes.readBigUInt64LE()) : bytes.readUIntLE(0, width);
  }

  #toMark(): unknown[] {
    const items = this.#stack;
    this.#stack = this.#marks.pop() ?? fail("a mark is missing");
    return items;
  }

  #top<T>(): T {
    return this.#stack.at(-1) as T;
  }

  #tuple(count: number): void {
    this.#stack.push(this.#stack.splice(this.#stack.length - count, count));
  }

  /** The state of an array is (version, shape, dtype, fortran, bytes): when the bytes come, the rest lies on the stack. */
  async #bytesOf(length: number): Promise<void> {
    if (length <= LONGEST_HELD) {
      this.#stack.push(Buffer.from(await this.#bytes.take(length)));
      return;
    }
    const [, shape, dtype, fortran] = this.#stack.slice(-4);
    const outer = this.#marks.at(-1) ?? [];
    const key = outer.at(-2);
    const isArray =
      Array.isArray(shape) &&
      shape.every((size) => typeof size === "number") &&
      isMade(dtype) &&
      typeof key === "string";
    if (!isArray) fail(`${length} bytes are no NumPy array's under a name`);
    if (fortran !== false) fail(`the array '${key}' is in Fortran's order`);
    const [name] = dtype.from as unknown[];
    const array: StreamedArray = { key: key as string, shape: shape as number[], dtype: text(name) };
    const to = this.#visitor.array(array);
    for (let left = length; left > 0; ) {
      const piece = await this.#bytes.piece(left);
      left -= piece.length;
      await to?.(piece);
    }
    this.#stack.push(array);
  }

  async #carryOut(code: string): Promise<void> {
    const stack = this.#stack;
    switch (code) {
      case "\x80":
        return void (await this.#bytes.byte());
      case "\x95":
        return void (await this.#bytes.take(8));
      case "(":
        this.#marks.push(this.#stack);
        this.#stack = [];
        return;
      case "}":
        return void stack.push(new Map());
      case "]":
      case ")":
        return void stack.push([]);
      case "N":
        return void stack.push(null);
      case "\x88":
        return void stack.push(true);
      case "\x89":
        return void stack.push(false);
      case "K":
        return void stack.push(await this.#number(1));
      case "M":
        return void stack.push(await this.#number(2));
      case "J":
        return void stack.push((await this.#bytes.take(4)).readInt32LE());
      case "I":
      case "L": {
        const line = await this.#bytes.line();
        return void stack.push(line === "01" ? true : line === "00" ? false : Number(line.replace(/L$/, "")));
      }
      case "\x8a": {
        const bytes = await this.#bytes.take(await this.#number(1));
        return void stack.push(bytes.reduce((sum, byte, i) => sum + byte * 256 ** i, 0));
      }
      case "G":
        return void stack.push((await this.#bytes.take(8)).readDoubleBE());
      case "\x8c":
        return void stack.push((await this.#bytes.take(await this.#number(1))).toString("utf8"));
      case "X":
        return void stack.push((await this.#held(await this.#number(4))).toString("utf8"));
      case "\x8d":
        return void stack.push((await this.#held(await this.#number(8))).toString("utf8"));
      case "U":
      case "C":
        return this.#bytesOf(await this.#number(1));
      case "T":
      case "B":
        return this.#bytesOf(await this.#number(4));
      case "\x8e":
      case "\x96":
        return this.#bytesOf(await this.#number(8));
      case "S":
        return void stack.push((await this.#bytes.line()).slice(1, -1));
      case "c": {
        const module = await this.#bytes.line();
        return void stack.push({ global: `${module}.${await this.#bytes.line()}` });
      }
      case "\x93": {
        const [module, name] = stack.splice(-2).map(text);
        return void stack.push({ global: `${module}.${name}` });
      }
      case "\x85":
        return this.#tuple(1);
      case "\x86":
        return this.#tuple(2);
      case "\x87":
        return this.#tuple(3);
      case "t": {
        const items = this.#toMark();
        return void this.#stack.push(items);
      }
      case "l": {
        const items = this.#toMark();
        return void this.#stack.push(items);
      }
      case "R": {
        const [callable, from] = stack.splice(-2);
        if (!isGlobal(callable)) fail("something that is no function is called");
        return void stack.push({ of: callable.global, from });
      }
      case "b": {
        const state = stack.pop();
        const built = this.#top();
        if (isMade(built) && built.of === "numpy.dtype" && Array.isArray(state) && text(state[1]) === ">")
          fail("an array is big-endian");
        return;
      }
      case "a": {
        const item = stack.pop();
        return void this.#top<unknown[]>().push(item);
      }
      case "e": {
        const items = this.#toMark();
        return void this.#top<unknown[]>().push(...items);
      }
      case "s": {
        const [key, value] = stack.splice(-2);
        return void this.#top<Map<unknown, unknown>>().set(text(key), value);
      }
      case "u": {
        const items = this.#toMark();
        const map = this.#top<Map<unknown, unknown>>();
        for (let i = 0; i + 1 < items.length; i += 2) map.set(text(items[i]), items[i + 1]);
        return;
      }
      case "\x94":
        return void this.#memo.set(this.#memo.size, this.#top());
      case "q":
        return void this.#memo.set(await this.#number(1), this.#top());
      case "r":
        return void this.#memo.set(await this.#number(4), this.#top());
      case "p":
        return void this.#memo.set(Number(await this.#bytes.line()), this.#top());
      case "h":
        return void stack.push(this.#memo.get(await this.#number(1)));
      case "j":
        return void stack.push(this.#memo.get(await this.#number(4)));
      case "g":
        return void stack.push(this.#memo.get(Number(await this.#bytes.line())));
      default:
        fail(`the opcode ${JSON.stringify(code)} at byte ${this.#bytes.position - 1} is not read here`);
    }
  }

  /** Text is held whole, so it must be short. */
  async #held(length: number): Promise<Buffer> {
    if (length > LONGEST_HELD)
      fail(`a text of ${length} bytes (an array that protocol 2 of Python 3 wrote: save it with protocol 4)`);
    return this.#bytes.take(length);
  }
}

/** Python 2 writes names as bytes. */
const text = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString("latin1") : String(value));

function fail(problem: string): never {
  throw new DatasetError(problem);
}

/**
 * Visits the arrays of the dict in the order in which they lie in the file; answers its small values by key.
 * @throws DatasetError naming the file when it is damaged, truncated, or no such pickle
 */
export async function visitPickledArrays(
  path: string,
  visitor: ArrayVisitor,
): Promise<ReadonlyMap<string, unknown>> {
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  const gunzip = createGunzip({ chunkSize: 2 ** 20 });
  file.on("error", (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    const root = await new PickleStream(new ByteReader(gunzip), visitor).read();
    if (!(root instanceof Map)) fail("it is no dict");
    return new Map([...root].map(([key, value]) => [String(key), value]));
  } catch (error) {
    if (error instanceof DatasetError && !error.message.startsWith(path)) {
      throw new DatasetError(`${path} is not the pickle of arrays that is expected: ${error.message}`, {
        cause: error,
      });
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new DatasetError(`${path} is missing`, { cause: error });
    if (error instanceof Truncated || code?.startsWith("Z_"))
      throw new DatasetError(`${path} is truncated or damaged (${message}); copy it again`, { cause: error });
    throw error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** A list of texts out of the dict. @throws DatasetError naming the file */
export function namesIn(values: ReadonlyMap<string, unknown>, key: string, path: string): string[] {
  const list = values.get(key);
  if (!Array.isArray(list)) throw new DatasetError(`${path} has no list '${key}'`);
  return list.map(text);
}
