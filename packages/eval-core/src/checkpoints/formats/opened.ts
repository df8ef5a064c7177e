/**
 * From what a torch pickle holds to named tensors: arrays of NumPy become tensors, lists and tuples of tensors dictionaries
 * by their numbers (a list of (name, tensor) pairs one by those names), and objects of classes that are not understood stay closed.
 * Where the weights themselves cannot be told without such an object, the file is refused and says why.
 */
import { CheckpointError, quoted } from "../errors.ts";
import { isModelClass, isPlain } from "../pickle/globals.ts";
import { numpyTensor } from "../pickle/numpy.ts";
import { PickleObject } from "../pickle/values.ts";
import { type Contents, StoredTensor } from "../stored.ts";
import { isTensorPart } from "./torch-tensor.ts";

/** Names of closed classes, and how often each was asked for. */
export class Closed {
  readonly names = new Map<string, number>();
  readonly add = (name: string): void => {
    this.names.set(name, (this.names.get(name) ?? 0) + 1);
  };
}

/** Nothing that holds weights lies deeper. */
const DEEPEST = 12;

/** @throws CheckpointError where weights depend on a closed object, or have no names. */
export function opened(value: unknown, closed: Closed): Pick<Contents, "root" | "converted" | "closed"> {
  const opener = new Opener(closed);
  const root = opener.open(value, 0);
  if (opener.named === 0) refuseNameless(value, opener, closed);
  const { arrays } = opener;
  return {
    root,
    converted: arrays > 0 ? [`${arrays} NumPy ${arrays === 1 ? "array" : "arrays"} read as tensors`] : [],
    closed: closed.names,
  };
}

class Opener {
  /** Tensors that a dictionary has under a name, and those that lie in lists or alone. */
  named = 0;
  nameless = 0;
  arrays = 0;
  /** Containers that are open already, by what they became: the same one may stand in two places, or in itself. */
  readonly #seen = new Map<object, unknown>();
  readonly #closed: Closed;

  constructor(closed: Closed) {
    this.#closed = closed;
  }

  open(value: unknown, depth: number): unknown {
    if (value instanceof StoredTensor) return value;
    if (value instanceof PickleObject) return this.#array(value) ?? value;
    const isContainer = value instanceof Map || Array.isArray(value);
    if (!isContainer || depth > DEEPEST) return value;
    const before = this.#seen.get(value);
    if (before !== undefined) return before;
    return value instanceof Map ? this.#dictionary(value, depth) : this.#list(value, depth);
  }

  #array(value: PickleObject): unknown {
    const known = this.#seen.get(value);
    if (known !== undefined) return known;
    const tensor = numpyTensor(value);
    if (tensor !== undefined) {
      this.arrays++;
      this.#seen.set(value, tensor);
    }
    return tensor;
  }

  #dictionary(value: Map<unknown, unknown>, depth: number): Map<unknown, unknown> {
    const target = new Map<unknown, unknown>();
    this.#seen.set(value, target);
    for (const [key, item] of value) {
      const inner = this.open(item, depth + 1);
      if (inner instanceof StoredTensor) {
        if (typeof key === "string") this.named++;
        else this.nameless++;
      }
      target.set(key, inner);
    }
    if (isOfWeights(target)) this.#besideWeights(target);
    return target;
  }

  /** Objects in a dictionary of weights: one made of tensors is a weight that cannot be read, all others are named. */
  #besideWeights(dictionary: ReadonlyMap<unknown, unknown>): void {
    for (const [key, item] of dictionary) {
      if (!(item instanceof PickleObject)) continue;
      if (typeof key === "string" && holdsTensors(item, 0)) {
        throw new CheckpointError(
          `its tensor ${quoted(key)} is made by ${quoted(item.className)}, which is not among the names that are understood: save the tensors alone, as plain torch tensors or as .safetensors`,
        );
      }
      // As a scalar of NumPy's: the parser tells of no plain data, as beside the weights nobody needs to hear of it.
      if (isPlain(item.className)) this.#closed.add(item.className);
    }
  }

  #list(value: readonly unknown[], depth: number): unknown {
    if (value.length > 0 && value.every(isPair)) {
      const pairs = value.map(([key, item]) => [key, this.open(item, depth + 2)] as const);
      const names = new Set(pairs.map(([key]) => key));
      if (names.size === pairs.length && pairs.every(([, item]) => item instanceof StoredTensor)) {
        this.named += pairs.length;
        const dictionary = new Map<unknown, unknown>(pairs);
        this.#seen.set(value, dictionary);
        return dictionary;
      }
    }
    if (!value.some((item) => typeof item === "object" && item !== null)) return value;
    const target = new Map<unknown, unknown>();
    this.#seen.set(value, target);
    const before = this.named + this.nameless;
    value.forEach((item, i) => {
      const inner = this.open(item, depth + 1);
      if (inner instanceof StoredTensor) this.nameless++;
      // By number, which is no name: what is found below says where it was.
      target.set(i, inner);
    });
    if (this.named + this.nameless > before) return target;
    this.#seen.set(value, value);
    return value;
  }
}

const isPair = (item: unknown): item is [string, unknown] =>
  Array.isArray(item) && item.length === 2 && typeof item[0] === "string";

/** Told by the dotted names that its tensors have. */
const isOfWeights = (dictionary: ReadonlyMap<unknown, unknown>): boolean =>
  [...dictionary].some(
    ([key, item]) => item instanceof StoredTensor && typeof key === "string" && key.includes("."),
  );

/** Whether an object was made of tensors; looks a few levels into it. */
function holdsTensors(value: unknown, depth: number): boolean {
  if (isTensorPart(value)) return true;
  if (depth > 4 || typeof value !== "object" || value === null) return false;
  const inside = (items: Iterable<unknown>): boolean => {
    let looked = 0;
    for (const item of items) if (looked++ < 1_000 && holdsTensors(item, depth + 1)) return true;
    return false;
  };
  if (value instanceof PickleObject) {
    if (numpyTensor(value)) return true;
    return inside([value.arguments, value.state, value.items, value.appended]);
  }
  if (value instanceof Map) return inside(value.values());
  return Array.isArray(value) && inside(value);
}

/** A file without one named tensor: said by its true reason, where there is one. */
function refuseNameless(value: unknown, { nameless }: Opener, closed: Closed): void {
  const model = [...closed.names.keys()].find(isModelClass);
  if (model !== undefined) {
    throw new CheckpointError(
      `the file holds a whole pickled model: save its state_dict() instead of an object of ${quoted(model)}`,
    );
  }
  if (nameless > 0) {
    throw new CheckpointError(
      `its ${nameless} tensors have no names: they lie in a list; save a dictionary of names to tensors, as model.state_dict() is`,
    );
  }
  const objects = value instanceof PickleObject ? [value] : value instanceof Map ? [...value.values()] : [];
  const holder = objects.find((item) => item instanceof PickleObject && holdsTensors(item, 0));
  if (holder instanceof PickleObject) {
    throw new CheckpointError(
      `its tensors lie inside an object of the class ${quoted(holder.className)}, which is not understood: save a plain dictionary of names to tensors`,
    );
  }
}
