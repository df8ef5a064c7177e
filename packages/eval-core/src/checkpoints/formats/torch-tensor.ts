/**
 * torch's tensors inside a pickle: a view (offset, shape, strides) of a storage that lies elsewhere in the file.
 * Any strides are read, contiguous or not; the answer is always row-major and of its own memory.
 */
import { type AnyTensor, type DType, sizeOf } from "../../tensor/tensor.ts";
import { allocate, anyTensor, arrayFromBytes, bytesOf, bytesPerElement } from "../../tensor/typed-array.ts";
import { CheckpointError, quoted } from "../errors.ts";
import { storageDtypes, tensorBuilders } from "../pickle/globals.ts";
import type { PickleHooks } from "../pickle/pickle.ts";
import { PickleGlobal, PickleObject } from "../pickle/values.ts";
import { StoredTensor } from "../stored.ts";

/** Where a storage's bytes are. */
export interface StorageBytes {
  /** The size in bytes of all that can be read. */
  size(): number;
  readInto(target: Uint8Array, offset: number): void;
}

/** A storage as the pickle names it; a legacy file can name a part of another as a storage. */
export interface Storage {
  readonly key: string;
  readonly dtype: DType;
  /** Elements. */
  readonly length: number;
  /** Elements to skip, of the storage that `key` names. */
  readonly offset: number;
}

export type Locate = (storage: Storage) => StorageBytes;

export interface TorchFile {
  readonly locate: Locate;
  /** Told of every storage that the pickle names. */
  readonly onStorage?: (storage: Storage) => void;
  readonly onClosed: (qualifiedName: string) => void;
}

/** The hooks that turn a torch pickle's ids and calls into storages and tensors. */
export function torchHooks({ locate, onStorage, onClosed }: TorchFile): PickleHooks {
  return {
    persistent(id) {
      const closed = closedReference(id);
      if (closed) return closed;
      const storage = readStorageId(id);
      onStorage?.(storage);
      return storage;
    },
    reduce(name, args) {
      // A tensor over a storage of numbers that we have no type for stays closed with it.
      if (!tensorBuilders.has(name) || args[0] instanceof PickleObject) return undefined;
      return buildTensor(name, args, locate);
    },
    onClosed,
  };
}

/** References that are well-formed and hold nothing for us: the source of a module, a storage of complex or quantised numbers. */
function closedReference(id: unknown): PickleObject | undefined {
  if (!Array.isArray(id) || !(id[1] instanceof PickleGlobal)) return undefined;
  const [kind, { qualifiedName }] = id as [unknown, PickleGlobal];
  if (kind === "module") return new PickleObject(qualifiedName, id);
  const isStorage = kind === "storage" && /^torch\.(cuda\.|storage\.)?\w+Storage$/.test(qualifiedName);
  return isStorage && dtypeOf(qualifiedName) === undefined ? new PickleObject(qualifiedName, id) : undefined;
}

const dtypeOf = (storage: string): DType | undefined =>
  storageDtypes[storage.replace(/^torch\.(cuda\.)?/, "")];

/** Whether a value is a tensor of torch's, or what one is built of. */
export const isTensorPart = (value: unknown): boolean =>
  value instanceof StoredTensor ||
  isStorage(value) ||
  (value instanceof PickleObject && /^torch\.(cuda\.|storage\.)?\w+Storage$/.test(value.className));

/** ('storage', torch.FloatStorage, key, location, elements[, (view key, offset, elements)]) */
function readStorageId(id: unknown): Storage & { readonly isStorage: true } {
  if (Array.isArray(id) && id[0] === "storage" && id[1] instanceof PickleGlobal) {
    const [, type, key, , length, view] = id as unknown[];
    const dtype = dtypeOf((type as PickleGlobal).qualifiedName);
    if (dtype !== undefined && typeof key === "string" && isSize(length)) {
      const base = { isStorage: true, key, dtype } as const;
      if (Array.isArray(view)) {
        const [, offset, part] = view as unknown[];
        if (!isSize(offset) || !isSize(part) || offset + part > length) {
          throw new CheckpointError(
            "its pickle is damaged: a view of a storage that is shorter than the view",
          );
        }
        return { ...base, length: part, offset };
      }
      return { ...base, length, offset: 0 };
    }
  }
  throw new CheckpointError("its pickle is damaged: a reference that is not to a tensor's storage");
}

function isStorage(value: unknown): value is Storage {
  return typeof value === "object" && value !== null && "isStorage" in value;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function buildTensor(name: string, args: readonly unknown[], locate: Locate): StoredTensor | undefined {
  if (/_rebuild_parameter|Parameter$/.test(name)) {
    const [data] = args;
    if (data instanceof StoredTensor) return data;
    if (data instanceof PickleObject) return undefined;
    throw new CheckpointError("its pickle is damaged: a parameter without a tensor");
  }
  if (name.endsWith("_rebuild_from_type_v2")) {
    const [builder, , inner] = args;
    if (builder instanceof PickleGlobal && !tensorBuilders.has(builder.qualifiedName)) return undefined;
    if (Array.isArray(inner) && inner[0] instanceof PickleObject) return undefined;
    if (
      builder instanceof PickleGlobal &&
      tensorBuilders.has(builder.qualifiedName) &&
      Array.isArray(inner)
    ) {
      return buildTensor(builder.qualifiedName, inner, locate);
    }
    throw new CheckpointError("its pickle is damaged: a tensor of an unknown kind");
  }
  const [storage, offset, shape, stride] = args;
  if (!isStorage(storage) || !isSize(offset) || !isSizes(shape) || !isSizes(stride)) {
    throw new CheckpointError("its pickle is damaged: a tensor without storage, offset, shape and strides");
  }
  if (shape.length !== stride.length || shape.length > 64) {
    throw new CheckpointError(`its pickle is damaged: a tensor of shape [${shape}] with strides [${stride}]`);
  }
  const size = sizeOf(shape);
  const last = size === 0 ? -1 : shape.reduce((sum, dimension, i) => sum + (dimension - 1) * stride[i]!, 0);
  if (!Number.isSafeInteger(size * 8) || offset + last >= storage.length) {
    throw new CheckpointError(
      `its pickle is damaged: a tensor of shape [${shape}], strides [${stride}] and offset ${offset} leaves its storage of ${storage.length} values`,
    );
  }
  const view = { offset, shape, stride, span: last + 1 };
  return new StoredTensor(storage.dtype, shape, () => readView(storage, view, locate(storage)));
}

interface View {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  /** Elements from the first to the last that is used. */
  readonly span: number;
}

function readView(storage: Storage, view: View, bytes: StorageBytes): AnyTensor {
  const { dtype } = storage;
  const width = bytesPerElement(dtype);
  const start = (storage.offset + view.offset) * width;
  if (start + view.span * width > bytes.size()) {
    throw new CheckpointError(
      `the file is truncated or damaged: storage ${quoted(storage.key)} has ${bytes.size()} bytes, a tensor needs ${start + view.span * width}`,
    );
  }
  if (isContiguous(view)) {
    const data = allocate(dtype, view.span);
    bytes.readInto(bytesOf(data), start);
    return anyTensor(dtype, view.shape, data);
  }
  const raw = new Uint8Array(view.span * width);
  bytes.readInto(raw, start);
  return anyTensor(dtype, view.shape, gather(dtype, arrayFromBytes(dtype, raw), view));
}

function isContiguous({ shape, stride }: View): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Walks the view in row-major order, like an odometer. */
function gather(dtype: DType, source: AnyTensor["data"], { shape, stride }: View): AnyTensor["data"] {
  const target = allocate(dtype, sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < target.length; to++) {
    target[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}
