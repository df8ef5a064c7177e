/**
 * MATLAB's .mat files, level 5 (what MATLAB writes with -v5, -v6 and -v7, and SciPy's savemat): numbers, text, cells
 * and structs, plain or compressed. Enough for the lists that datasets ship; sparse arrays and objects are refused.
 * (MathWorks, "MAT-File Format", 2019, chapter 1.)
 */
import { inflateSync } from "node:zlib";
import { DatasetError } from "./dataset.ts";

/** Arrays are in column order, as MATLAB stores them. */
export type MatValue =
  | { readonly kind: "numbers"; readonly dims: readonly number[]; readonly data: Float64Array }
  | { readonly kind: "text"; readonly dims: readonly number[]; readonly text: string }
  | { readonly kind: "cells"; readonly dims: readonly number[]; readonly cells: readonly MatValue[] }
  /** One record an element: field name -> value. */
  | {
      readonly kind: "structs";
      readonly dims: readonly number[];
      readonly records: readonly ReadonlyMap<string, MatValue>[];
    };

const TYPE = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

const CLASS = { cell: 1, struct: 2, object: 3, char: 4, sparse: 5 } as const;
/** mxDOUBLE to mxUINT64. */
const isNumeric = (matrixClass: number) => matrixClass >= 6 && matrixClass <= 15;

interface Element {
  readonly type: number;
  /** The data without its tag. */
  readonly bytes: Uint8Array;
}

const HEADER_BYTES = 128;
/** A compressed element may not unfold into more than this: the lists are far smaller. */
const MOST_BYTES = 2 ** 30;

class MatReader {
  readonly #name: string;
  readonly #little: boolean;

  constructor(name: string, little: boolean) {
    this.#name = name;
    this.#little = little;
  }

  fail(problem: string): never {
    throw new DatasetError(`${this.#name}: ${problem}; expected a .mat file of level 5, copy it again`);
  }

  /** The elements that lie one after the other in `bytes`, each padded to 8 bytes but for compressed ones. */
  *elements(bytes: Uint8Array): Generator<Element> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (at + 8 > bytes.length) this.fail(`an element's tag is cut off at byte ${at}`);
      const first = view.getUint32(at, this.#little);
      // A small element packs its size into the type's upper half, and up to 4 bytes of data into the tag.
      const small = first >>> 16;
      const type = small > 0 ? first & 0xffff : first;
      const size = small > 0 ? small : view.getUint32(at + 4, this.#little);
      const start = at + (small > 0 ? 4 : 8);
      if (start + size > bytes.length || small > 4)
        this.fail(`an element of ${size} bytes is cut off at byte ${at}`);
      yield { type, bytes: bytes.subarray(start, start + size) };
      const end = small > 0 ? at + 8 : start + size;
      at = type === TYPE.compressed ? end : Math.ceil(end / 8) * 8;
    }
  }

  numbers({ type, bytes }: Element): Float64Array {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const read = (width: number, get: (at: number) => number) =>
      Float64Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => get(i * width));
    switch (type) {
      case TYPE.int8:
        return read(1, (at) => view.getInt8(at));
      case TYPE.uint8:
      case TYPE.utf8:
        return read(1, (at) => view.getUint8(at));
      case TYPE.int16:
        return read(2, (at) => view.getInt16(at, this.#little));
      case TYPE.uint16:
      case TYPE.utf16:
        return read(2, (at) => view.getUint16(at, this.#little));
      case TYPE.int32:
        return read(4, (at) => view.getInt32(at, this.#little));
      case TYPE.uint32:
      case TYPE.utf32:
        return read(4, (at) => view.getUint32(at, this.#little));
      case TYPE.single:
        return read(4, (at) => view.getFloat32(at, this.#little));
      case TYPE.double:
        return read(8, (at) => view.getFloat64(at, this.#little));
      case TYPE.int64:
        return read(8, (at) => Number(view.getBigInt64(at, this.#little)));
      case TYPE.uint64:
        return read(8, (at) => Number(view.getBigUint64(at, this.#little)));
      default:
        return this.fail(`numbers of the unknown type ${type}`);
    }
  }

  text(element: Element): string {
    return element.type === TYPE.utf8
      ? new TextDecoder().decode(element.bytes)
      : Array.from(this.numbers(element), (code) => String.fromCodePoint(code)).join("");
  }

  matrix(bytes: Uint8Array): { name: string; value: MatValue } {
    const parts = [...this.elements(bytes)];
    const [flags, dimensions, label, ...rest] = parts;
    // An empty cell is a matrix with nothing in it.
    if (flags === undefined)
      return { name: "", value: { kind: "numbers", dims: [0, 0], data: new Float64Array() } };
    if (dimensions === undefined || label === undefined) this.fail("an array without size or name");
    const matrixClass = this.numbers(flags)[0]! & 0xff;
    const dims = Array.from(this.numbers(dimensions));
    const count = dims.reduce((product, dimension) => product * dimension, 1);
    const name = this.text(label);
    return { name, value: this.value(matrixClass, dims, count, rest) };
  }

  value(matrixClass: number, dims: number[], count: number, rest: readonly Element[]): MatValue {
    if (isNumeric(matrixClass)) {
      const data = rest[0] ? this.numbers(rest[0]) : new Float64Array();
      if (data.length !== count) this.fail(`an array of [${dims}] with ${data.length} numbers`);
      return { kind: "numbers", dims, data };
    }
    const nested = (elements: readonly Element[], expected: number) => {
      if (elements.length !== expected) this.fail(`${elements.length} parts where ${expected} belong`);
      return elements.map(({ type, bytes }) => {
        if (type !== TYPE.matrix) this.fail(`a part of type ${type} where an array belongs`);
        return this.matrix(bytes).value;
      });
    };
    switch (matrixClass) {
      case CLASS.char:
        return { kind: "text", dims, text: rest[0] ? this.text(rest[0]) : "" };
      case CLASS.cell:
        return { kind: "cells", dims, cells: nested(rest, count) };
      case CLASS.struct: {
        const [width, names, ...values] = rest;
        if (width === undefined || names === undefined) this.fail("a struct without field names");
        const length = this.numbers(width)[0]!;
        const packed = new TextDecoder("latin1").decode(names.bytes);
        const fields = Array.from({ length: length > 0 ? packed.length / length : 0 }, (_, i) =>
          packed.slice(i * length, (i + 1) * length).replace(/\0.*$/s, ""),
        );
        const all = nested(values, fields.length * count);
        const records = Array.from(
          { length: count },
          (_, i) => new Map(fields.map((field, k) => [field, all[i * fields.length + k]!] as const)),
        );
        return { kind: "structs", dims, records };
      }
      default:
        return this.fail(
          `an array of class ${matrixClass} (${matrixClass === CLASS.sparse ? "sparse" : "object"}), which is not read here`,
        );
    }
  }
}

/**
 * The variables of a .mat file.
 * @throws DatasetError naming the file when it is damaged, truncated, or of another version
 */
export function parseMat(bytes: Uint8Array, name: string): ReadonlyMap<string, MatValue> {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER_BYTES));
  if (text.includes("MATLAB 7.3") || text.startsWith("\x89HDF")) {
    throw new DatasetError(`${name} is a .mat file of version 7.3 (HDF5): save it again with -v7`);
  }
  const mark = text.slice(126, 128);
  // The annotation lets the compiler see that `fail` never returns.
  const reader: MatReader = new MatReader(name, mark === "IM");
  if (bytes.length < HEADER_BYTES || (mark !== "IM" && mark !== "MI")) reader.fail("not a .mat header");
  const variables = new Map<string, MatValue>();
  for (const element of reader.elements(bytes.subarray(HEADER_BYTES))) {
    let whole = element;
    if (element.type === TYPE.compressed) {
      let plain: Uint8Array;
      try {
        plain = inflateSync(element.bytes, { maxOutputLength: MOST_BYTES });
      } catch {
        reader.fail("a compressed element is damaged");
      }
      const [inner] = reader.elements(plain);
      if (inner === undefined) reader.fail("a compressed element is empty");
      whole = inner;
    }
    if (whole.type !== TYPE.matrix) continue;
    const { name: variable, value } = reader.matrix(whole.bytes);
    variables.set(variable, value);
  }
  return variables;
}

/** The named variable as numbers. @throws DatasetError naming file and variable */
export function matNumbers(
  variables: ReadonlyMap<string, MatValue>,
  variable: string,
  file: string,
): number[] {
  const value = variables.get(variable);
  if (value?.kind === "numbers") return Array.from(value.data);
  throw new DatasetError(
    `${file} has no numbers named "${variable}"; it has ${[...variables.keys()].join(", ") || "nothing"}`,
  );
}
