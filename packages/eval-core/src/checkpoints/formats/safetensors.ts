/**
 * safetensors: eight bytes with the header's length, the header in JSON, then the tensors' bytes without gaps.
 */
import { writeFileAtomically } from "../../tensor/atomic-file.ts";
import { type ParsedJson, parseJson } from "../../tensor/json.ts";
import { type AnyTensor, type DType, sizeOf } from "../../tensor/tensor.ts";
import { allocate, anyTensor, bytesOf, bytesPerElement } from "../../tensor/typed-array.ts";
import { CheckpointError, quoted } from "../errors.ts";
import { openSource, readBytes, type Source } from "../source.ts";
import { type Contents, StoredTensor } from "../stored.ts";

const codes: { readonly [D in DType]: string } = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint64: "U64",
  uint32: "U32",
  uint16: "U16",
  uint8: "U8",
  bool: "BOOL",
};
const dtypeOf = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]));

/** The format's own limit. */
const LONGEST_HEADER = 100_000_000;

/** The header's entries, and where the tensors begin. @throws CheckpointError on a header that is cut off or damaged */
function readHeader(source: Source): { header: Record<string, unknown>; dataStart: number } {
  const head = readBytes(source, 0, 8, "the safetensors header's length");
  const length = new DataView(head.buffer).getBigUint64(0, true);
  if (length > BigInt(source.size - 8)) {
    throw new CheckpointError(
      `the safetensors header claims ${length} bytes, the file has ${source.size - 8} after its length: truncated or damaged`,
    );
  }
  if (length > LONGEST_HEADER) {
    throw new CheckpointError(
      `the safetensors header claims ${length} bytes: at most ${LONGEST_HEADER} are allowed`,
    );
  }
  const headerLength = Number(length);
  const header = parseHeader(readBytes(source, 8, headerLength, "the safetensors header"));
  return { header, dataStart: 8 + headerLength };
}

const metadataOf = (entry: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isRecord(entry) ? entry : {}).flatMap(([key, value]) =>
      typeof value === "string" ? [[key, value]] : [],
    ),
  );

/** The text entries of a file's header, without its tensors. @throws CheckpointError as `readSafetensors` */
export function readSafetensorsMetadata(path: string): Readonly<Record<string, string>> {
  const source = openSource(path);
  try {
    return metadataOf(readHeader(source).header.__metadata__);
  } finally {
    source.close();
  }
}

export function readSafetensors(source: Source): Contents {
  const { header, dataStart } = readHeader(source);
  const root = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  const ranges: [number, number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      metadata = metadataOf(entry);
      continue;
    }
    const { tensor, range } = readEntry(source, name, entry, dataStart);
    if (range[1] > range[0]) ranges.push(range);
    root.set(name, tensor);
  }
  requireWhole(ranges, source.size - dataStart, dataStart);
  return { format: "safetensors", root, metadata, converted: [] };
}

/** The format's own rule: the tensors' bytes follow one another, and the file ends with the last. */
function requireWhole(ranges: [number, number][], size: number, dataStart: number): void {
  ranges.sort((a, b) => a[0] - b[0]);
  let end = 0;
  for (const [from, to] of [...ranges, [size, size] as const]) {
    if (from < end) {
      throw new CheckpointError(
        `the safetensors header is damaged: two tensors overlap at byte ${dataStart + from}`,
      );
    }
    if (from > end) {
      throw new CheckpointError(
        `the safetensors file is damaged: its bytes ${dataStart + end} to ${dataStart + from - 1} belong to no tensor`,
      );
    }
    end = to;
  }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  const { value, repeated } = jsonOf(bytes);
  if (!isRecord(value)) {
    throw new CheckpointError("the safetensors header is damaged: it is not a JSON object");
  }
  const [twice] = repeated;
  if (twice) {
    throw new CheckpointError(`the safetensors header is damaged: it has ${quoted(twice.join("."))} twice`);
  }
  return value;
}

/** What is no JSON has no value: what the parser complains about does not help anyone. */
function jsonOf(bytes: Uint8Array): ParsedJson {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { value: undefined, repeated: [], written: new Map(), texts: new Map() };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function readEntry(
  source: Source,
  name: string,
  entry: unknown,
  dataStart: number,
): { tensor: StoredTensor; range: [number, number] } {
  const where = `the safetensors header's entry ${quoted(name)}`;
  if (
    !isRecord(entry) ||
    !isSizes(entry.shape) ||
    !isSizes(entry.data_offsets) ||
    entry.data_offsets.length !== 2
  ) {
    throw new CheckpointError(`${where} is damaged: it has no dtype, shape and data_offsets that make sense`);
  }
  const code = typeof entry.dtype === "string" ? entry.dtype : "";
  const dtype = dtypeOf.get(code);
  if (dtype === undefined) {
    throw new CheckpointError(
      `${where} is of type ${quoted(code)}: supported are ${[...dtypeOf.keys()].join(", ")}`,
    );
  }
  const { shape } = entry;
  const [begin, end] = entry.data_offsets as [number, number];
  const bytes = sizeOf(shape) * bytesPerElement(dtype);
  if (end - begin !== bytes) {
    throw new CheckpointError(
      `${where} is damaged: shape [${shape}] of ${dtype} needs ${bytes} bytes, not ${end - begin}`,
    );
  }
  if (dataStart + end > source.size) {
    throw new CheckpointError(
      `the file is truncated: tensor ${quoted(name)} ends at byte ${dataStart + end}, the file at ${source.size}`,
    );
  }
  const load = (): AnyTensor => {
    const data = allocate(dtype, sizeOf(shape));
    source.readInto(bytesOf(data), dataStart + begin);
    return anyTensor(dtype, shape, data);
  };
  return { tensor: new StoredTensor(dtype, shape, load), range: [begin, end] };
}

/** Writes the file atomically. */
export function saveSafetensors(
  tensors: ReadonlyMap<string, AnyTensor>,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  // Widest elements first, as the reference writer does: then every tensor is aligned to its own width.
  const ordered = [...tensors].sort(([, a], [, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype));
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === "__metadata__") throw new CheckpointError("'__metadata__' cannot be the name of a tensor");
    header[name] = { dtype: codes[dtype], shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  writeFileAtomically(path, [padded, ...ordered.map(([, { data }]) => bytesOf(data))]);
}
