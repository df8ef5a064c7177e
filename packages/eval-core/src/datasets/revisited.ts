/**
 * The ground truth of ROxford5k and RParis6k as it is published: a pickled dictionary of `imlist`, `qimlist` and `gnd`, whose
 * numbers are lists or NumPy arrays. It is parsed by the parser that cannot execute.
 */
import { CheckpointError } from "../checkpoints/errors.ts";
import { Cursor } from "../checkpoints/pickle/cursor.ts";
import { parsePickle } from "../checkpoints/pickle/pickle.ts";
import { PickleObject } from "../checkpoints/pickle/values.ts";
import { memorySource } from "../checkpoints/source.ts";
import { DatasetError } from "./dataset.ts";

export interface RevisitedGroundTruth {
  /** Names of pictures, without ending. */
  readonly database: readonly string[];
  readonly queries: readonly string[];
  readonly truth: readonly {
    /** x1, y1, x2, y2, in pixels from 0. */
    readonly box: readonly [number, number, number, number];
    /** Positions in `database`. */
    readonly easy: readonly number[];
    readonly hard: readonly number[];
    readonly junk: readonly number[];
  }[];
}

/** @throws DatasetError naming the file, what was expected and what was found */
export function readRevisited(bytes: Uint8Array, path: string): RevisitedGroundTruth {
  const fail = (problem: string): never => {
    throw new DatasetError(`${path} is not the ground truth of ROxford5k or RParis6k: ${problem}`);
  };
  let parsed: unknown;
  try {
    parsed = parsePickle(new Cursor(memorySource(bytes)));
  } catch (cause) {
    if (!(cause instanceof CheckpointError)) throw cause;
    fail(cause.message);
  }
  const file = parsed instanceof Map ? (parsed as Map<unknown, unknown>) : fail("it holds no dictionary");
  const names = (key: string): string[] =>
    (listOf(file.get(key)) ?? fail(`it has no list "${key}"`)).map((name) =>
      typeof name === "string" ? name : fail(`"${key}" holds something that is no name`),
    );
  const database = names("imlist");
  const queries = names("qimlist");
  const gnd = listOf(file.get("gnd")) ?? fail('it has no list "gnd"');
  if (gnd.length !== queries.length) fail(`"gnd" has ${gnd.length} entries for ${queries.length} queries`);
  const truth = gnd.map((entry, i) => {
    const own = entry instanceof Map ? entry : fail(`entry ${i} of "gnd" is no dictionary`);
    const numbers = (key: string): number[] =>
      (listOf(own.get(key)) ?? fail(`entry ${i} of "gnd" has no list "${key}"`)).map((value) =>
        typeof value === "number" ? value : fail(`"${key}" of entry ${i} holds something that is no number`),
      );
    const rows = (key: string): number[] =>
      numbers(key).map((row) =>
        Number.isInteger(row) && row >= 0 && row < database.length
          ? row
          : fail(`"${key}" of entry ${i} holds ${row}: expected a position from 0 to ${database.length - 1}`),
      );
    const [x1, y1, x2, y2, ...more] = numbers("bbx");
    if (y2 === undefined || more.length > 0) fail(`"bbx" of entry ${i} is not four numbers`);
    return {
      box: [x1!, y1!, x2!, y2!] as const,
      easy: rows("easy"),
      hard: rows("hard"),
      junk: rows("junk"),
    };
  });
  return { database, queries, truth };
}

/** A list, a tuple or a one-dimensional NumPy array as plain numbers and names; undefined for anything else. */
function listOf(value: unknown): (number | string | Map<unknown, unknown>)[] | undefined {
  const items = Array.isArray(value) ? value : arrayItems(value);
  return items?.map((item) => {
    if (item instanceof PickleObject) return scalarOf(item) ?? Number.NaN;
    if (item instanceof Uint8Array) return Buffer.from(item).toString("utf8");
    return item as number | string;
  });
}

/** numpy.ndarray: its state is (version, shape, dtype, Fortran order, bytes or list). */
function arrayItems(value: unknown): unknown[] | undefined {
  if (!(value instanceof PickleObject) || !Array.isArray(value.state)) return undefined;
  const [, shape, dtype, , content] = value.state as readonly unknown[];
  if (!Array.isArray(shape) || shape.length > 1) return undefined;
  if (Array.isArray(content)) return content;
  return decoded(dtype, content);
}

/** numpy.core.multiarray.scalar(dtype, bytes) */
function scalarOf({ className, arguments: args }: PickleObject): number | string | undefined {
  if (!className.endsWith("multiarray.scalar") || !Array.isArray(args)) return undefined;
  return decoded(args[0], args[1])?.[0];
}

function decoded(dtype: unknown, content: unknown): (number | string)[] | undefined {
  const raw = bytesOf(content);
  if (!raw || !(dtype instanceof PickleObject) || !Array.isArray(dtype.arguments)) return undefined;
  const code = String(dtype.arguments[0]);
  const order = Array.isArray(dtype.state) ? dtype.state[1] : "<";
  const [, kind, digits] = /^[<>|=]?([fiuUS])(\d+)$/.exec(code) ?? [];
  if (kind === undefined) return undefined;
  const little = order !== ">";
  const size = Number(digits) * (kind === "U" ? 4 : 1);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (size === 0 || raw.byteLength % size !== 0) return raw.byteLength === 0 ? [] : undefined;
  return Array.from({ length: raw.byteLength / size }, (_, i) => element(view, kind, size, i * size, little));
}

function element(view: DataView, kind: string, size: number, at: number, little: boolean): number | string {
  switch (`${kind}${size}`) {
    case "f8":
      return view.getFloat64(at, little);
    case "f4":
      return view.getFloat32(at, little);
    case "i8":
      return Number(view.getBigInt64(at, little));
    case "u8":
      return Number(view.getBigUint64(at, little));
    case "i4":
      return view.getInt32(at, little);
    case "u4":
      return view.getUint32(at, little);
    case "i2":
      return view.getInt16(at, little);
    case "u2":
      return view.getUint16(at, little);
  }
  const width = kind === "U" ? 4 : 1;
  let text = "";
  for (let i = 0; i < size; i += width) {
    const code = kind === "U" ? view.getUint32(at + i, little) : view.getUint8(at + i);
    if (code !== 0) text += String.fromCodePoint(code);
  }
  return kind === "i" || kind === "u" || kind === "f" ? Number.NaN : text;
}

/** Protocol 2 carries bytes as `_codecs.encode(text, "latin1")`. */
function bytesOf(content: unknown): Uint8Array | undefined {
  if (content instanceof Uint8Array) return content;
  if (typeof content === "string") return Buffer.from(content, "latin1");
  if (content instanceof PickleObject && content.className === "_codecs.encode") {
    const [text] = Array.isArray(content.arguments) ? content.arguments : [];
    return typeof text === "string" ? Buffer.from(text, "latin1") : undefined;
  }
  return undefined;
}
